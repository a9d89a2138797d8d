import { open, type FileHandle } from 'node:fs/promises';
import { ProjectError } from '@ingot/workspace';

const SECTOR = 512;
/** UEFI specification 2.10 § 5.3.2. */
const SIGNATURE = 'EFI PART';
/** More than the 128 entries that everybody writes need not be looked at. */
const MOST_ENTRIES = 128;

/**
 * Where in a raw disk the root file system begins, in bytes: at 0 of a file system without a partition table, else the
 * largest partition with ext4 in it. Throws ProjectError INGOT_BOOT_IMAGE.
 */
export async function locateExt4(path: string): Promise<number> {
  const file = await open(path);
  try {
    if (await isExt4(file, 0)) return 0;
    let best: { offset: number; size: number } | undefined;
    for (const partition of await partitions(file)) {
      if (partition.size > (best?.size ?? 0) && (await isExt4(file, partition.offset))) best = partition;
    }
    if (best !== undefined) return best.offset;
  } finally {
    await file.close();
  }
  throw new ProjectError('INGOT_BOOT_IMAGE', 'the disk has no ext4 file system, neither whole nor in a partition', {
    path,
    help: 'what boots here has its root on ext4: the checks of a boot are put into a copy of it',
  });
}

/** Linux, Documentation/filesystems/ext4/super.rst: the magic number at 0x38 of the superblock, which begins at 1024. */
async function isExt4(file: FileHandle, offset: number): Promise<boolean> {
  const magic = await bytesAt(file, offset + 1024 + 0x38, 2);
  return magic.length === 2 && magic.readUInt16LE(0) === 0xef53;
}

async function partitions(file: FileHandle): Promise<{ readonly offset: number; readonly size: number }[]> {
  const header = await bytesAt(file, SECTOR, 92);
  if (header.length < 92 || header.toString('latin1', 0, 8) !== SIGNATURE) return [];
  const start = Number(header.readBigUInt64LE(72)) * SECTOR;
  const count = Math.min(header.readUInt32LE(80), MOST_ENTRIES);
  const size = header.readUInt32LE(84);
  if (size < 128 || size > 4096 || !Number.isSafeInteger(start)) return [];
  const entries = await bytesAt(file, start, count * size);
  const found = [];
  for (let at = 0; at + 128 <= entries.length; at += size) {
    const first = Number(entries.readBigUInt64LE(at + 32));
    const last = Number(entries.readBigUInt64LE(at + 40));
    // An unused entry has zeros for its type.
    const used = entries.subarray(at, at + 16).some((byte) => byte !== 0);
    if (used && last >= first && last < 2 ** 43)
      found.push({ offset: first * SECTOR, size: (last - first + 1) * SECTOR });
  }
  return found;
}

/** Fewer at the end of the file. */
async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await file.read(buffer, 0, length, position);
  return buffer.subarray(0, bytesRead);
}
