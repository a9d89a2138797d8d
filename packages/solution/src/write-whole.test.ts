import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, it } from 'vitest';

import { writeWhole } from './write-whole.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-write-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('makes the folder, and leaves the file alone in it', async () => {
  await writeWhole(join(folder, 'a/b/plan.json'), 'text');
  expect(await readFile(join(folder, 'a/b/plan.json'), 'utf8')).toBe('text');
  expect(await readdir(join(folder, 'a/b'))).toEqual(['plan.json']);
});

it('names the file that cannot be written, and outputPath as the remedy', async () => {
  const path = join(folder, 'plan.json');
  await mkdir(path);
  const help = expect.stringContaining('outputPath') as string;
  await expect(writeWhole(path, 'text')).rejects.toMatchObject({ code: 'INGOT_UNWRITABLE', path, help });
  expect(await readdir(folder)).toEqual(['plan.json']);
});
