import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

it('the example of the README does what the README says', async () => {
  const readme = await readFile(join(packageRoot, 'README.md'), 'utf8');
  const example = /```ts\n(import[\s\S]*?)```/.exec(readme)![1]!;
  const folder = await mkdtemp(join(packageRoot, 'tmp-readme-'));
  try {
    await writeFile(join(folder, 'example.ts'), example);
    const { read } = (await import(pathToFileURL(join(folder, 'example.ts')).href)) as {
      read: (text: string) => string;
    };
    expect(read('ingot: thing/v1\nname: x\nversion: 1.10\n')).toBe('version 1.10 at line 3');
    expect(readme.replaceAll(/^ {4}/gm, '')).toContain(read('ingot: thing/v1\nnane: x\n'));
    expect(read('name: x\n')).toBe('not ours');
  } finally {
    await rm(folder, { recursive: true });
  }
});
