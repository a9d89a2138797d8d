import { execFile } from 'node:child_process';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '@ingot/content';
import { referee } from '../../../../../tools/referee.ts';
import { RootTree } from '../../tree/root-tree.ts';
import { dpkgList } from './dpkg-list.ts';
import { parseStatus } from './dpkg-status.ts';
import { findInitrd, findKernel } from './kernel.ts';

const run = promisify(execFile);

/** A package in each state, and what is hard to print. */
const status = `Package: zlib1g
Status: install ok installed
Architecture: amd64
Multi-Arch: same
Version: 1:1.2.13.dfsg-1
Description: compression library - runtime${' '}
 More lines
 .
 of it.

Package: adduser
Status: install ok installed
Architecture: all
Multi-Arch: foreign
Version: 3.134
Description: add and remove users and groups${' '}

Package: was-here
Status: deinstall ok config-files
Architecture: amd64
Version: 2.0
Description: a package whose settings are left

Package: held-back-with-a-very-long-name-that-widens-the-column
Status: hold ok installed
Architecture: amd64
Version: 1.0-1
Description: a very long description that goes on for much longer than eighty columns would ever allow it to go on

Package: broken
Status: install reinstreq half-configured
Architecture: amd64
Version: 0.1
Description: needs to be installed again

Package: foreign
Status: install ok installed
Architecture: armhf
Version: 1
Description: of another architecture

Package: gone
Status: purge ok not-installed
Architecture: amd64

Package: library
Status: install ok installed
Multi-Arch: same
Architecture: amd64
Version: 3
Description: one of two

Package: library
Status: install ok installed
Multi-Arch: same
Architecture: armhf
Version: 3
Description: one of two

`;

describe('the table of packages', () => {
  it('is what dpkg -l prints into a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ingot-dpkg-'));
    try {
      await mkdir(join(folder, 'info'));
      await mkdir(join(folder, 'updates'));
      await writeFile(join(folder, 'status'), status);
      await writeFile(join(folder, 'arch'), 'amd64\narmhf\n');
      const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
      const { stdout } = await run(referee('dpkg-query'), [`--admindir=${folder}`, '-l'], { env });
      expect(dpkgList(parseStatus(status), 'amd64')).toBe(stdout);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('is as narrow as the headings where there is little to say', () => {
    expect(dpkgList([], 'amd64').split('\n').slice(3, 5)).toEqual([
      '||/ Name           Version      Architecture Description',
      '+++-==============-============-============-=================================',
    ]);
  });
});

const place = () => ({ file: 'os-image.yaml', line: 1, column: 1 });
const files = (...paths: readonly string[]): RootTree => {
  const tree = new RootTree();
  for (const each of paths) {
    const [path = '', target] = each.split(' -> ');
    const common = { path, mode: 0o644, uid: 0, gid: 0 };
    const entry: LayerEntry =
      target === undefined
        ? { ...common, type: 'file', size: 1, content: Buffer.from('x') }
        : { ...common, type: 'symlink', target };
    tree.put(entry);
  }
  return tree;
};
const boot = (tree: RootTree, kernel?: string, initrd?: string) => {
  const found = findKernel(tree, { kernel, place });
  return [found?.source, findInitrd(tree, found, { initrd, place })?.source];
};

describe('kernel and initramfs', () => {
  it.each([
    [
      'Debian',
      files('boot/vmlinuz-6.1-amd64', 'boot/initrd.img-6.1-amd64', 'boot/config-6.1-amd64'),
      '/boot/vmlinuz-6.1-amd64',
      '/boot/initrd.img-6.1-amd64',
    ],
    [
      'Fedora',
      files('boot/vmlinuz-6.1', 'boot/vmlinuz-0-rescue-1', 'boot/initramfs-6.1.img', 'boot/initramfs-0-rescue-1.img'),
      '/boot/vmlinuz-6.1',
      '/boot/initramfs-6.1.img',
    ],
    [
      'links',
      files('vmlinuz -> boot/kernel', 'boot/kernel', 'initrd.img -> /boot/ramdisk', 'boot/ramdisk'),
      '/boot/kernel',
      '/boot/ramdisk',
    ],
    ['nothing', files('etc/motd'), undefined, undefined],
    ['another version', files('boot/vmlinuz-6.1', 'boot/initrd.img-5.10'), '/boot/vmlinuz-6.1', undefined],
  ])('are found: %s', (_, tree, kernel, initrd) => {
    expect(boot(tree)).toEqual([kernel, initrd]);
  });

  it('are named where there are several', () => {
    const tree = files(
      'boot/vmlinuz-6.1',
      'boot/vmlinuz-6.12',
      'boot/initrd.img-6.1',
      'boot/initrd.img-6.12',
      'vmlinuz -> boot/vmlinuz-6.12',
    );
    expect(() => boot(tree)).toThrow(expect.objectContaining({ code: 'INGOT_ROOTFS_KERNELS' }));
    expect(boot(tree, '/boot/vmlinuz-6.1')).toEqual(['/boot/vmlinuz-6.1', '/boot/initrd.img-6.1']);
    expect(boot(tree, '/boot/vmlinuz-6.1?')).toEqual(['/boot/vmlinuz-6.12', '/boot/initrd.img-6.12']);
    expect(boot(tree, '/vmlinuz', '/boot/initrd.img-6.1')).toEqual(['/boot/vmlinuz-6.12', '/boot/initrd.img-6.1']);
    expect(() => boot(tree, '/boot/vmlinuz-*')).toThrow(expect.objectContaining({ code: 'INGOT_ROOTFS_KERNELS' }));
    expect(() => boot(tree, '/boot/none')).toThrow(expect.objectContaining({ code: 'INGOT_ROOTFS_NO_KERNEL' }));
  });
});
