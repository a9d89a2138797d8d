/**
 * `npm run build`: makes the packages to publish in `dist/packages/<name>/`, each as npm shall pack it: compiled ESM,
 * declarations, schemas, templates, a package.json without the way to the sources. Nothing in this repository runs
 * from there, so a stale build cannot be taken for the sources.
 */
import { bundleBins } from './build/bundle.ts';
import { compile } from './build/compile.ts';
import { judge } from './build/judge.ts';
import { publishable, type Package } from './build/package.ts';
import { brokenPromises, stage } from './build/stage.ts';

const built: Package[] = [];
const problems: string[] = [];
const failed = new Set<string>();
for (const one of publishable()) {
  built.push(one);
  await stage(one);
  const missing = Object.keys(one.manifest.dependencies ?? {}).filter((name) => failed.has(name));
  try {
    if (missing.length > 0) throw new Error(`${one.manifest.name} needs ${missing.join(', ')}`);
    if (one.manifest.bin === undefined) compile(one, built);
    else await bundleBins(one);
  } catch (error) {
    failed.add(one.manifest.name);
    problems.push(error instanceof Error ? error.message : String(error));
  }
}
// What does not compile is incomplete in a hundred ways that nobody needs to read.
if (problems.length === 0)
  problems.push(...built.flatMap(brokenPromises), ...(await Promise.all(built.map(judge))).flat());

for (const problem of problems) console.error(problem);
for (const one of built) console.log(`${one.manifest.name} ${one.manifest.version}  ${one.staged}`);
process.exitCode = problems.length === 0 ? 0 : 1;
