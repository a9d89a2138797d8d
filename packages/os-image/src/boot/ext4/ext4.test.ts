import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { Ext4 } from './ext4.ts';
import { locateExt4 } from './locate.ts';

const OFFSET = 1024 * 1024;
const signal = new AbortController().signal;
let folder: string;
let disk: string;
let root: Ext4;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-ext4-'));
  const tree = join(folder, 'tree');
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await mkdir(join(tree, 'etc'));
  await writeFile(join(tree, 'usr/bin/tool'), 'a tool');
  await writeFile(join(tree, 'etc/with space'), 'text');
  await symlink('usr/bin', join(tree, 'bin'));
  await symlink('/usr/bin/tool', join(tree, 'etc/absolute'));
  await symlink('../../../../bin/tool', join(tree, 'etc/upwards'));
  await symlink(`${'./'.repeat(40)}absolute`, join(tree, 'etc/long'));
  await symlink('loop', join(tree, 'etc/loop'));
  await symlink('nowhere', join(tree, 'etc/dangling'));
  disk = join(folder, 'disk.raw');
  await writeFile(disk, '');
  await truncate(disk, OFFSET + 8 * 1024 * 1024);
  execFileSync(referee('mke2fs'), ['-q', '-F', '-t', 'ext4', '-E', `offset=${OFFSET}`, '-d', tree, disk, '8192k']);
  root = new Ext4(disk, OFFSET, signal);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Its complaints, of which there are none where a file system is in order. */
function fsck(): string {
  const file = `${disk}?offset=${OFFSET}`;
  return execFileSync(referee('e2fsck'), ['-f', '-n', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

describe('an ext4 file system', () => {
  it.each([
    ['/usr/bin/tool', '/usr/bin/tool'],
    ['/bin/tool', '/usr/bin/tool'],
    ['bin//tool', '/usr/bin/tool'],
    ['/etc/absolute', '/usr/bin/tool'],
    ['/etc/upwards', '/usr/bin/tool'],
    ['/etc/long', '/usr/bin/tool'],
    ['/etc/../etc/with space', '/etc/with space'],
    ['/etc/dangling', undefined],
    ['/etc/loop', undefined],
    ['/usr/bin/tool/more', undefined],
    ['/nothing', undefined],
  ])('leads from %s to %s', async (path, found) => {
    expect(await root.resolve(path)).toBe(found);
  });

  it('gives its files, through links and no further than its root', async () => {
    expect(await root.copyOut('/etc/upwards', join(folder, 'copy'))).toBe(true);
    expect(await readFile(join(folder, 'copy'), 'utf8')).toBe('a tool');
    expect(await root.copyOut('/etc/dangling', join(folder, 'none'))).toBe(false);
    expect(await root.copyOut('/usr', join(folder, 'none'))).toBe(false);
    expect(await root.text('/etc/with space')).toBe('text');
    expect(await root.text('/bin/tool', 3)).toBeUndefined();
  });

  it('takes files and links, in new folders and in place of others, and is in order afterwards', async () => {
    await root.put([
      { path: '/bin/new', content: '#!/bin/sh\n', mode: 0o755 },
      { path: '/bin/tool', content: 'another', mode: 0o600 },
      { path: '/etc/systemd/system/a.wants/a.service', target: '../a.service' },
      { path: '/etc/dangling', content: 'there now', mode: 0o644 },
    ]);
    await root.put([{ path: '/etc/systemd/system/a.wants/a.service', target: '../b.service' }]);
    expect(await root.text('/usr/bin/new')).toBe('#!/bin/sh\n');
    expect(await root.text('/usr/bin/tool')).toBe('another');
    expect(await root.text('/etc/dangling')).toBe('there now');
    expect(await root.find('/etc/systemd/system/a.wants/a.service')).toMatchObject({ target: '../b.service' });
    expect(fsck()).toContain('Pass 5');
    const stat = execFileSync(referee('debugfs'), ['-R', 'stat /usr/bin/new', `${disk}?offset=${OFFSET}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(stat).toMatch(/Type: regular +Mode: +0755/);
    expect(stat).toMatch(/User: +0 +Group: +0/);
  });

  it('renames', async () => {
    await root.rename('/usr/bin/tool', 'renamed');
    expect(await root.text('/usr/bin/renamed')).toBe('a tool');
    expect(await root.find('/usr/bin/tool')).toBeUndefined();
    expect(fsck()).toContain('Pass 5');
  });

  it('refuses names that debugfs would take apart', async () => {
    await expect(root.find('/a"\nrm /etc')).rejects.toMatchObject({ code: 'INGOT_TOOL_FAILED' });
  });

  it('whose room is over says so', async () => {
    const large = { path: '/large', content: 'x'.repeat(9 * 1024 * 1024), mode: 0o644 };
    await expect(root.put([large])).rejects.toMatchObject({
      code: 'INGOT_TOOL_FAILED',
      message: expect.stringMatching(/allocate block|space/),
    });
  });
});

describe('where the root begins', () => {
  it('is at 0 of a file system that is the whole disk', async () => {
    execFileSync(referee('mke2fs'), ['-q', '-F', '-t', 'ext4', disk]);
    expect(await locateExt4(disk)).toBe(0);
  });

  it('is the largest partition with ext4', async () => {
    await truncate(disk, 16 * 1024 * 1024);
    execFileSync(referee('sfdisk'), ['-q', disk], {
      input: 'label: gpt\nstart=2048, size=16384\nstart=18432, size=8192\n',
    });
    expect(await locateExt4(disk)).toBe(OFFSET);
  });

  it('is nowhere on a disk without', async () => {
    await writeFile(disk, Buffer.alloc(4096, 'EFI PART'));
    await expect(locateExt4(disk)).rejects.toMatchObject({ code: 'INGOT_BOOT_IMAGE', path: disk });
    await writeFile(disk, 'x');
    await expect(locateExt4(disk)).rejects.toMatchObject({ code: 'INGOT_BOOT_IMAGE' });
  });
});
