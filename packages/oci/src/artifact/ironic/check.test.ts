import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import type { ArtifactFile } from '../description.ts';
import { convert, noise, partitionedDisk, qemuImg } from '../test/disks.ts';
import { checkForIronic } from './check.ts';
import type { Disktype } from './disktype.ts';

const run = promisify(execFile);
const MiB = 1024 * 1024;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-ironic-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, bytes: Uint8Array): Promise<string> {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
}

function check(path: string, disktype: Disktype): Promise<void> {
  return checkForIronic(path, { role: 'disk', disktype });
}

function checkBoot(path: string, role: 'kernel' | 'ramdisk'): Promise<void> {
  return checkForIronic(path, { role } as ArtifactFile);
}

/** A disk with a GPT whose sectors have this size, and a first sector that says nothing. */
function gpt(sector: number): Buffer {
  const disk = Buffer.alloc(MiB);
  disk.write('EFI PART', sector, 'latin1');
  return disk;
}

async function extFileSystem(): Promise<Buffer> {
  const path = await file('ext4', Buffer.alloc(2 * MiB));
  await run(referee('mkfs.ext4'), ['-q', '-F', path]);
  return readFile(path);
}

describe('checkForIronic', () => {
  it.each<[Disktype, string]>([
    ['raw', 'raw'],
    ['applehv', 'raw'],
    ['qcow2', 'qcow2'],
    ['qemu', 'qcow2'],
  ])('takes a whole disk as %s', async (disktype, format) => {
    await check(await convert(partitionedDisk(MiB), join(folder, `${disktype}.img`), '-O', format), disktype);
  });

  it.each([512, 4096])('takes a GPT in sectors of %d bytes', async (sector) => {
    await check(await file('gpt', gpt(sector)), 'raw');
    await check(await convert(gpt(sector), join(folder, 'gpt.qcow2'), '-c', '-O', 'qcow2'), 'qcow2');
  });

  it.each(['qcow2', 'vmdk', 'vpc', 'vhdx', 'vdi', 'qed'])('refuses %s as raw', async (format) => {
    const path = await convert(partitionedDisk(MiB), join(folder, `as-raw.${format}`), '-O', format);
    await expect(check(path, 'raw')).rejects.toMatchObject({
      code: 'INGOT_IRONIC_DISK',
      message: `disktype: raw, but the file is a ${format === 'vpc' ? 'vhd' : format} disk`,
      help: expect.stringContaining(format === 'qcow2' ? 'write `disktype: qcow2`' : 'qemu-img convert -O raw'),
    });
  });

  it('refuses raw as qcow2, and names what it is', async () => {
    await expect(check(await file('raw', partitionedDisk(MiB)), 'qcow2')).rejects.toMatchObject({
      code: 'INGOT_IRONIC_DISK',
      message: 'disktype: qcow2, but the file is a raw disk',
      help: 'write `disktype: raw`',
    });
  });

  it('refuses what is no disk as qcow2', async () => {
    await expect(check(await file('text', Buffer.from('hello')), 'qcow2')).rejects.toMatchObject({
      code: 'INGOT_IRONIC_DISK',
      message: 'disktype: qcow2, but the file is no disk image that is known',
    });
  });

  it('refuses a file system without a disk around it, raw and in qcow2', async () => {
    const bare = await extFileSystem();
    const message = /it is an ext2, ext3 or ext4 file system without a disk around it/;
    const expected = { code: 'INGOT_IRONIC_PARTITION', message };
    await expect(check(join(folder, 'ext4'), 'raw')).rejects.toMatchObject(expected);
    for (const args of [[], ['-c'], ['-c', '-o', 'compression_type=zstd']]) {
      const path = await convert(bare, join(folder, 'ext4.qcow2'), '-O', 'qcow2', ...args);
      await expect(check(path, 'qcow2')).rejects.toMatchObject(expected);
    }
  });

  it('refuses an ISO image, and a FAT file system, whose first sector ends as an MBR does', async () => {
    await mkdir(join(folder, 'tree'), { recursive: true });
    const iso = join(folder, 'tree.iso');
    await writeFile(join(folder, 'tree', 'a'), 'a');
    await run(referee('xorriso'), ['-as', 'mkisofs', '-quiet', '-o', iso, join(folder, 'tree')]);
    await expect(check(iso, 'raw')).rejects.toMatchObject({
      code: 'INGOT_IRONIC_PARTITION',
      message: /an ISO 9660 file system/,
    });
    const fat = Buffer.alloc(MiB);
    fat.set([0xeb, 0x3c, 0x90], 0);
    fat.write('FAT16   ', 54);
    // The text of a boot sector reaches into where an MBR has its table.
    fat.write('Non-System disk: press any key', 440);
    fat.writeUInt16LE(0xaa55, 510);
    await expect(check(await file('fat', fat), 'raw')).rejects.toMatchObject({
      code: 'INGOT_IRONIC_PARTITION',
      message: /a FAT file system/,
    });
  });

  it('refuses a disk with nothing on it, and one shorter than a sector', async () => {
    const expected = { code: 'INGOT_IRONIC_PARTITION', message: /it has no partition table/ };
    await expect(check(await file('zeros', Buffer.alloc(MiB)), 'raw')).rejects.toMatchObject(expected);
    await expect(check(await file('short', Buffer.from('x')), 'raw')).rejects.toMatchObject(expected);
    const empty = partitionedDisk(MiB);
    empty.fill(0, 446, 510);
    await expect(check(await file('no-entries', empty), 'raw')).rejects.toMatchObject(expected);
    const unsigned = partitionedDisk(MiB);
    unsigned.fill(0, 510, 512);
    await expect(check(await file('unsigned', unsigned), 'raw')).rejects.toMatchObject(expected);
  });

  it.each([
    ['gzip', ['-n', '-k', '-f'], '.gz'],
    ['zstd', ['-q', '-k', '-f'], '.zst'],
    ['xz', ['-k', '-f'], '.xz'],
  ] as const)('refuses a disk that %s has compressed, whatever it is called', async (program, args, ending) => {
    const path = await file('disk', partitionedDisk(MiB, noise(1000)));
    await run(referee(program), [...args, path]);
    for (const disktype of ['raw', 'qcow2'] as const) {
      await expect(check(path + ending, disktype)).rejects.toMatchObject({
        code: 'INGOT_IRONIC_COMPRESSED',
        message: `the disk image is compressed with ${program}`,
      });
    }
  });

  it('passes on what is wrong with a qcow2 itself', async () => {
    const path = join(folder, 'overlay.qcow2');
    await qemuImg('create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', await file('b', partitionedDisk(MiB)), path);
    await expect(check(path, 'qcow2')).rejects.toMatchObject({ code: 'INGOT_IRONIC_QCOW2' });
  });

  it('takes ramdisks and kernels as their boot loaders do', async () => {
    const path = await file('initramfs', noise(10_000));
    await run(referee('gzip'), ['-n', '-k', '-f', path]);
    await run(referee('zstd'), ['-q', '-k', '-f', path]);
    for (const ending of ['', '.gz', '.zst']) await checkBoot(path + ending, 'ramdisk');
    for (const ending of ['', '.gz']) await checkBoot(path + ending, 'kernel');
    await expect(checkBoot(`${path}.zst`, 'kernel')).rejects.toMatchObject({
      code: 'INGOT_IRONIC_COMPRESSED',
      message: 'the kernel is compressed with zstd as a whole',
    });
  });

  it('looks into nothing that is not for Ironic', async () => {
    await checkForIronic(join(folder, 'not-there'), { role: 'file' } as ArtifactFile);
  });
});
