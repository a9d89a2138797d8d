import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nameOf } from './project-name.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-name-'));
  await mkdir(join(root, 'apps/a'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

describe('nameOf', () => {
  it.each(['b', '@scope/b', 'team.b-c_d'])('is the name %j that is written', (name) => {
    expect(nameOf(root, 'apps/a', name)).toBe(name);
  });
  it.each([undefined, '', ' ', '.', '-x', 'a b', 'a\nb', 'a:b', '{a}', '*'])(
    "is the folder's instead of %j",
    (name) => {
      expect(nameOf(root, 'apps/a', name)).toBe('a');
    },
  );
  it("is the workspace folder's at the top", () => {
    expect(nameOf(root, '.', undefined)).toBe(basename(root));
  });
  it('is the one that Nx gives it first', async () => {
    await writeFile(join(root, 'apps/a/package.json'), '{ "name": "@scope/npm" }');
    expect(nameOf(root, 'apps/a', 'b')).toBe('@scope/npm');
    await writeFile(join(root, 'apps/a/project.json'), '{ "name": "nx" }');
    expect(nameOf(root, 'apps/a', 'b')).toBe('nx');
  });
});
