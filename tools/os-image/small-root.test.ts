import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referee } from '../referee.ts';
import { smallRoot, type SmallRoot } from './small-root.ts';

let folder: string;
let root: SmallRoot;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-small-'));
  root = await smallRoot(join(folder, 'one'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const digest = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('the small root', () => {
  it('is the same bytes each time', async () => {
    const again = await smallRoot(join(folder, 'two'));
    expect(await digest(again.tar)).toBe(await digest(root.tar));
    expect(await digest(again.initrd)).toBe(await digest(root.initrd));
  });

  it('has its kernel and initrd where it says, and an installer', () => {
    const list = execFileSync(referee('tar'), ['-t', '-f', root.tar], { encoding: 'utf8' }).split('\n');
    expect(list).toEqual(
      expect.arrayContaining([root.kernelSource.slice(1), root.initrdSource.slice(1), 'install.sh', 'usr/sbin/init']),
    );
  });

  it('has an initrd that others read', () => {
    const list = execFileSync(referee('bsdtar'), ['-t', '-f', root.initrd], { encoding: 'utf8' }).split('\n');
    expect(list).toEqual(expect.arrayContaining(['init', 'bin/busybox', 'modules/virtio_blk.ko']));
  });
});
