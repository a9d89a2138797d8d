import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBundleFile } from './description/bundle.ts';
import { treeOfFolder, verifyTree } from './verify/index.ts';

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const example = (language: string) => new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(readme)![1]!;

it('shows a bundle.yaml, and a program that judges the bundle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-readme-'));
  try {
    await writeFile(join(folder, 'bundle.yaml'), example('yaml'));
    expect(await readBundleFile(join(folder, 'bundle.yaml'))).toMatchObject({ format: 'plain', name: 'hello' });
    await mkdir(join(folder, 'manifests'));
    const program = example('ts').replaceAll(/^import .*\n/gm, '');
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the program is the README's own
    const run = new Function(
      ...['treeOfFolder', 'verifyTree', 'folder', 'console'],
      `return (async () => {${stripTypeScriptTypes(program)}})();`,
    ) as (...values: unknown[]) => Promise<void>;
    const said: string[][] = [];
    const log = (...words: string[]) => said.push(words);
    await writeFile(join(folder, 'manifests/a.yaml'), 'apiVersion: v1\nkind: Namespace\nmetadata: { name: a }\n');
    await rm(join(folder, 'bundle.yaml'));
    await run(treeOfFolder, verifyTree, folder, { log });
    expect(said).toEqual([]);
    await writeFile(join(folder, 'manifests/b.yaml'), 'apiVersion: v1\nkind: Namespace\n');
    await run(treeOfFolder, verifyTree, folder, { log });
    expect(said).toEqual([['error', expect.any(String), expect.stringContaining('manifests/b.yaml:1:1')]]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
