import { chmod, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { manifestOf, root } from '../repository.ts';
import type { Package } from './package.ts';

/** CommonJS among the dependencies calls `require` for Node's own modules, which a module has not. */
const requireForCommonJs =
  "import { createRequire as ingotCreateRequire } from 'node:module';\nconst require = ingotCreateRequire(import.meta.url);";

/**
 * Makes each bin of a package a few files with all that it needs, from `src/<name>.ts`; the thread that compresses
 * stands beside it. Throws an Error where Nx gets in, or where a file is left that would be missing.
 */
export async function bundleBins(one: Package): Promise<void> {
  for (const target of Object.values(one.manifest.bin ?? {})) {
    const source = target.replace(/^(\.\/)?dist\//, 'src/').replace(/\.js$/, '.ts');
    const inputs = await bundle(join(one.folder, source), join(one.staged, dirname(target)), '#!/usr/bin/env node\n');
    await chmod(join(root, one.staged, target), 0o755);
    const thread = inputs.find((path) => path.endsWith('compress/pool.ts'))?.replace('pool.ts', 'worker.ts');
    const all =
      thread === undefined ? inputs : [...inputs, ...(await bundle(thread, join(one.staged, dirname(target))))];
    const nx = all.filter((path) => /node_modules\/(nx|@nx)\//.test(path));
    if (nx.length > 0) throw new Error(`${target} of ${one.manifest.name} contains Nx: ${nx.join(', ')}`);
    await writeFile(join(root, one.staged, dirname(target), 'licenses.txt'), await licensesOf(all));
  }
}

/**
 * Bundles one file into a folder, under its own name; what it imports only when it needs it comes beside it, in files
 * that nobody reads before. Returns what went into it, as paths from the root.
 */
async function bundle(from: string, to: string, first = ''): Promise<string[]> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [from],
    outdir: to,
    splitting: true,
    // Beside the bin: code of ours finds its thread beside itself.
    chunkNames: '[name]-[hash]',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    conditions: ['ingot-source'],
    banner: { js: first + requireForCommonJs },
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
  });
  const imports = Object.values(result.metafile.outputs).flatMap((output) => output.imports);
  const outside = imports.filter(({ path, external }) => external === true && !isBuiltin(path));
  if (outside.length > 0) throw new Error(`${to} still imports ${outside.map(({ path }) => path).join(', ')}`);
  return Object.keys(result.metafile.inputs);
}

/** The licences of the packages of others that went into a bundle, as they ask for. */
async function licensesOf(inputs: readonly string[]): Promise<string> {
  const folder = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//;
  const folders = [...new Set(inputs.flatMap((path) => folder.exec(path)?.[1] ?? []))].sort();
  const texts = folders.map(async (path) => {
    const { name, version } = manifestOf(path);
    const files = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'License', 'license'].map((file) => join(root, path, file));
    const file = files.find((candidate) => existsSync(candidate));
    if (file === undefined) throw new Error(`${name}, which is bundled, has no file with its licence`);
    return `${name} ${version}\n\n${(await readFile(file, 'utf8')).trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}
