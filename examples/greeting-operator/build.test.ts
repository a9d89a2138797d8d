import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../../tools/repository.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'greeting-build-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The program, built in a copy of this repository below `place`. */
async function built(place: string): Promise<string> {
  const copy = join(folder, place);
  const project = join(copy, 'examples/greeting-operator');
  await mkdir(project, { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const name of ['build.ts', 'src'])
    await cp(join(import.meta.dirname, name), join(project, name), { recursive: true });
  await promisify(execFile)(process.execPath, ['build.ts'], { cwd: project });
  return join(project, 'dist/greeting-solution-operator');
}

it('is the same bytes wherever it is built, and a program that runs', async () => {
  const [one, other] = await Promise.all([built('one'), built('deep/er')]);
  expect((await readFile(one)).equals(await readFile(other))).toBe(true);
  const run = promisify(execFile)(process.execPath, [one]);
  await expect(run).rejects.toMatchObject({ code: 2, stdout: expect.stringContaining('--config is missing') });
});
