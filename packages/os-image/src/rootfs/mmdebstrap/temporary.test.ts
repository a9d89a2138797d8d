import { mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@ingot/workspace';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withTemporary } from './temporary.ts';

const before = process.env['TMPDIR'];
let folder: string;
let namespace: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ingot-temporary-')));
  process.env['TMPDIR'] = folder;
  namespace = /\d+/.exec(await readlink('/proc/self/ns/pid'))![0];
});
afterEach(async () => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await rm(folder, { recursive: true });
});

/** The largest pid_max of Linux is 2^22. */
const dead = 4_999_999;

describe('the folders of a build', () => {
  it('are gone afterwards, also where the work fails', async () => {
    const failing = withTemporary(async ({ tree, secret }) => {
      expect(tree).toContain(`/ingot-rootfs-${process.pid}-${namespace}-`);
      await writeFile(join(secret, 'auth.conf'), 'secret');
      await mkdir(join(tree, 'root'));
      throw new Error('expected in this test');
    });
    await expect(failing).rejects.toThrow('expected');
    expect(await readdir(folder)).toEqual([]);
  });

  it('take the place of those that killed processes left, and of no other', async () => {
    const left = [`ingot-rootfs-${dead}-${namespace}-abcdef`, `ingot-apt-${dead}-${namespace}-abcdef`];
    const others = [
      `ingot-rootfs-${process.pid}-${namespace}-abcdef`,
      `ingot-rootfs-${dead}-1-abcdef`,
      `ingot-apt-repository-${dead}`,
    ];
    for (const name of [...left, ...others]) await mkdir(join(folder, name));
    await writeFile(join(folder, left[1]!, 'auth.conf'), 'secret');
    const mounted = join(folder, left[0]!, 'root/sys');
    await mkdir(mounted, { recursive: true });
    // Where this user may mount: it is let go of.
    await runProgram('mount', ['-t', 'tmpfs', 'none', mounted]);
    await withTemporary(async ({ tree, secret }) => {
      expect(
        (await readdir(folder)).filter((name) => !others.includes(name)).map((name) => join(folder, name)),
      ).toEqual([secret, tree]);
    });
    expect((await readdir(folder)).toSorted()).toEqual(others.toSorted());
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(folder);
  });
});
