import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { fileDigest, isInside, projectTree } from './project-tree.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-tree-'));
  await mkdir(join(folder, 'project/docs/deep'), { recursive: true });
  await writeFile(join(folder, 'project/docs/b.txt'), 'b');
  await writeFile(join(folder, 'project/docs/deep/a.sh'), 'a');
  await chmod(join(folder, 'project/docs/deep/a.sh'), 0o755);
  await writeFile(join(folder, 'secret'), 's');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const tree = (from: string, to = 'docs') => projectTree(join(folder, 'project'), from, to);

describe('projectTree', () => {
  it('gives files sorted by their path in the archive, with size and whether they may be executed', async () => {
    expect(await tree('docs', 'handbook')).toEqual([
      { type: 'file', path: 'handbook/b.txt', file: join(folder, 'project/docs/b.txt'), size: 1, executable: false },
      {
        type: 'file',
        path: 'handbook/deep/a.sh',
        file: join(folder, 'project/docs/deep/a.sh'),
        size: 1,
        executable: true,
      },
    ]);
  });

  it('takes a single file', async () => {
    expect((await tree('docs/b.txt', 'notes/c.txt')).map(({ path }) => path)).toEqual(['notes/c.txt']);
  });

  it('keeps a relative link that stays inside', async () => {
    await symlink('deep/a.sh', join(folder, 'project/docs/run'));
    expect(await tree('docs')).toContainEqual({
      type: 'link',
      path: 'docs/run',
      file: join(folder, 'project/docs/run'),
      target: 'deep/a.sh',
    });
  });

  it.each([
    ['a path with ..', '../secret'],
    ['an absolute path', '/etc/hostname'],
  ])('refuses %s', async (_what, from) => {
    await expect(tree(from)).rejects.toMatchObject({ code: 'INGOT_FILES_OUTSIDE' });
  });

  it.each([
    ['out of the folder', '../../secret'],
    ['to an absolute path', '/etc/hostname'],
  ])('refuses a link that leads %s', async (_what, target) => {
    await symlink(target, join(folder, 'project/docs/link'));
    await expect(tree('docs')).rejects.toMatchObject({
      code: 'INGOT_FILES_OUTSIDE',
      path: join(folder, 'project/docs/link'),
    });
  });

  it('refuses a folder that is itself a link out of the project', async () => {
    await symlink('..', join(folder, 'project/up'));
    await expect(tree('up')).rejects.toMatchObject({ code: 'INGOT_FILES_OUTSIDE' });
  });

  it('refuses a link that leaves by way of another', async () => {
    await symlink('.', join(folder, 'project/docs/here'));
    await symlink('here/../beside', join(folder, 'project/docs/link'));
    await writeFile(join(folder, 'project/beside'), '');
    await expect(tree('docs')).rejects.toMatchObject({ code: 'INGOT_FILES_OUTSIDE' });
  });

  it('refuses a link to nothing', async () => {
    await symlink('gone', join(folder, 'project/docs/link'));
    await expect(tree('docs')).rejects.toMatchObject({ code: 'INGOT_FILES_MISSING' });
  });

  it('refuses a path through a link, behind which Nx sees no change', async () => {
    await symlink('docs', join(folder, 'project/link'));
    await expect(tree('link/deep')).rejects.toMatchObject({ code: 'INGOT_FILES_LINK' });
  });

  it('refuses a name that is not UTF-8', async () => {
    await writeFile(Buffer.concat([Buffer.from(join(folder, 'project/docs/')), Buffer.from([0xff])]), '');
    await expect(tree('docs')).rejects.toMatchObject({ code: 'INGOT_FILES_NAME' });
  });

  it('works where the workspace itself lies behind a link', async () => {
    await symlink(folder, `${folder}-link`);
    try {
      const [first] = await projectTree(join(`${folder}-link`, 'project'), 'docs', 'docs');
      expect(first).toMatchObject({ file: join(`${folder}-link`, 'project/docs/b.txt') });
    } finally {
      await rm(`${folder}-link`);
    }
  });

  it('names what is missing', async () => {
    await expect(tree('nothing')).rejects.toMatchObject({ code: 'INGOT_FILES_MISSING' });
  });

  it('refuses a pipe', async () => {
    execFileSync('mkfifo', [join(folder, 'project/docs/pipe')]);
    await expect(tree('docs')).rejects.toMatchObject({ code: 'INGOT_FILES_TYPE' });
  });
});

describe('isInside', () => {
  it('is not fooled by names that begin alike', () => {
    expect(isInside('/a/b', '/a/bc')).toBe(false);
    expect(isInside('/a/b', '/a/b')).toBe(true);
    expect(isInside('/a/b', '/a/b/..c')).toBe(true);
    expect(isInside('/a/b', '/a')).toBe(false);
  });
});

describe('fileDigest', () => {
  it('is what sha256sum says', async () => {
    const file = join(folder, 'secret');
    const [hex] = execFileSync('sha256sum', [file], { encoding: 'utf8' }).split(' ');
    expect(await fileDigest(file)).toBe(`sha256:${hex}`);
  });

  it('names a file that went, or cannot be read', async () => {
    const gone = join(folder, 'gone');
    await expect(fileDigest(gone)).rejects.toMatchObject({ code: 'INGOT_FILES_MISSING', path: gone });
    await expect(fileDigest(folder)).rejects.toMatchObject({ code: 'INGOT_FILE', path: folder });
  });
});
