import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProjectError } from '@ingot/workspace';
import { diskFull, scratchFolder } from './scratch.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-scratch-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the folder for temporary files', () => {
  it('takes the place of those that killed processes left, and of no other', async () => {
    // The largest pid_max of Linux is 2^22.
    for (const name of ['.boot-4999999-abc', `.boot-${process.pid}-mine`, '.boot-x', 'boot']) {
      await mkdir(join(folder, name));
    }
    const made = await scratchFolder(folder);
    expect((await readdir(folder)).sort()).toEqual(
      ['.boot-x', `.boot-${process.pid}-mine`, basename(made), 'boot'].sort(),
    );
  });
});

describe('a full disk', () => {
  it('is one error, whoever met it', () => {
    const full = { code: 'INGOT_DISK_FULL', path: '/x' };
    expect(diskFull(Object.assign(new Error('ENOSPC: no space left'), { code: 'ENOSPC' }), '/x')).toMatchObject(full);
    const program = new ProjectError('INGOT_TOOL_FAILED', 'qemu-img: error: No space left on device');
    expect(diskFull(program, '/x')).toMatchObject(full);
    const other = new ProjectError('INGOT_TOOL_FAILED', 'qemu-img: not a disk');
    expect(diskFull(other, '/x')).toBe(other);
  });
});
