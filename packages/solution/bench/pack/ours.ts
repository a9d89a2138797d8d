/**
 * `ours.ts <workspace> <verb…>`: runs the executors `plan` and `pack` of the project `solution`, as a task of Nx does,
 * of the packages that are installed there.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExecutorContext } from '@nx/devkit';
import { peakMiB } from '../../../../tools/bench/peak-memory.ts';

/** An executor as Nx calls it. */
type Executor = (options: object, context: ExecutorContext) => Promise<{ success: boolean }>;

const [root = '.', ...verbs] = process.argv.slice(2);
const projects = { solution: { root: 'solution', targets: {} } };
const context = {
  root,
  cwd: root,
  isVerbose: false,
  projectName: 'solution',
  projectsConfigurations: { version: 2, projects },
  projectGraph: { nodes: {}, dependencies: {} },
  nxJsonConfiguration: {},
} satisfies ExecutorContext;

const seconds: Record<string, number> = {};
for (const verb of verbs) {
  const start = performance.now();
  const file = join(root, `node_modules/@ingot/solution/dist/executors/${verb}/executor.js`);
  const { default: run } = (await import(pathToFileURL(file).href)) as { default: Executor };
  const { success } = await run({}, context);
  seconds[verb] = (performance.now() - start) / 1000;
  if (!success) throw new Error(`${verb} failed`);
}
console.log(JSON.stringify({ rssMiB: peakMiB(), seconds }));
