import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesUnder, readText, root } from '../repository.ts';
import { implementations, publishedManifest, valuesOf, type Package } from './package.ts';

/** Empties the staged folder of a package, and puts there what is published as it is written: all but the code. */
export async function stage(one: Package): Promise<void> {
  const staged = join(root, one.staged);
  await rm(staged, { recursive: true, force: true });
  await mkdir(staged, { recursive: true });
  await writeFile(join(staged, 'package.json'), `${JSON.stringify(publishedManifest(one.manifest), null, 2)}\n`);
  await cp(join(root, 'LICENSE'), join(staged, 'LICENSE'));
  for (const name of (one.manifest.files ?? []).filter((file) => file !== 'dist')) {
    const from = join(root, one.folder, name);
    if (existsSync(from)) await cp(from, join(staged, name), { recursive: true });
  }
  await copyTemplates(one);
}

/** What generators write out lies beside them, in folders called `files`. */
async function copyTemplates(one: Package): Promise<void> {
  const sources = `${one.folder}/src/`;
  for (const path of filesUnder(sources).filter((file) => /\/generators\/.*\/files\//.test(file))) {
    const to = join(root, one.staged, 'dist', path.slice(sources.length));
    await mkdir(dirname(to), { recursive: true });
    await cp(join(root, path), to);
  }
}

/** What a package promises to Nx and has not, once it is built: modules and schemas of executors and generators. */
export function brokenPromises(one: Package): string[] {
  const missing = (path: string) => !existsSync(join(root, one.staged, path));
  const collections = ['executors.json', 'generators.json'].filter((file) => !missing(file));
  const wanted = collections.flatMap((file) => {
    const text = readText(`${one.staged}/${file}`);
    return [...implementations(text).map((path) => `${path.replace(/\.js$/, '')}.js`), ...valuesOf(text, ['schema'])];
  });
  return ['README.md', ...wanted].filter(missing).map((path) => `${one.manifest.name} has no ${path}`);
}
