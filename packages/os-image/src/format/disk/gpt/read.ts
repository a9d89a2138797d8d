import { crc32 } from 'node:zlib';
import { ProjectError } from '@ingot/workspace';
import { guidText } from './guid.ts';
import { sector, type Partition, type Table } from './table.ts';

/** Reads bytes of a disk; fewer at its end. */
export type Read = (position: number, length: number) => Promise<Buffer>;

/** A copy of the table, with where it says that the other one is, in sectors. */
interface Copy {
  readonly diskUuid: string;
  readonly other: number;
  readonly entriesSum: number;
  readonly partitions: readonly Partition[];
}

/** Real tables have 128 entries of 128 bytes; ones of more than 1 MiB are no tables. */
const mostBytes = 2 ** 20;

/**
 * Reads both copies of a GUID partition table, of anybody's disk: UEFI specification 2.10 § 5.3.2, "The following test
 * must be performed to determine if a GPT is valid". Throws ProjectError INGOT_DISK_TABLE where a copy is not sound,
 * where they differ, or where a partition lies outside of the disk or in another.
 */
export async function readTable(read: Read, diskSize: number): Promise<Table> {
  await checkProtectiveMbr(read);
  const last = Math.floor(diskSize / sector) - 1;
  const first = await readCopy(read, 1, last, 'first');
  if (first.other !== last) throw wrong(`its second copy is said to be at sector ${first.other}, not at its end`);
  const second = await readCopy(read, last, last, 'second');
  if (second.other !== 1 || second.diskUuid !== first.diskUuid || second.entriesSum !== first.entriesSum) {
    throw wrong('its two copies differ');
  }
  checkOverlaps(first.partitions);
  return { diskUuid: first.diskUuid, diskSize, partitions: first.partitions };
}

async function checkProtectiveMbr(read: Read): Promise<void> {
  const bytes = await read(0, sector);
  const isThere = bytes.length === sector && bytes.readUInt16LE(510) === 0xaa55 && bytes[450] === 0xee;
  if (!isThere) throw wrong('its first sector is no protective MBR');
}

async function readCopy(read: Read, at: number, last: number, which: string): Promise<Copy> {
  const bytes = await read(at * sector, sector);
  const no = (why: string) => wrong(`its ${which} copy ${why}`);
  if (bytes.length < sector || bytes.toString('latin1', 0, 8) !== 'EFI PART') throw no('is not there');
  const size = bytes.readUInt32LE(12);
  if (size < 92 || size > sector) throw no(`has a header of ${size} bytes`);
  const summed = Buffer.from(bytes.subarray(0, size));
  summed.writeUInt32LE(0, 16);
  if (crc32(summed) !== bytes.readUInt32LE(16)) throw no('has a header whose checksum is wrong');
  const u64 = (position: number) => Number(bytes.readBigUInt64LE(position));
  if (u64(24) !== at) throw no('says that it lies elsewhere');
  const [firstUsable, lastUsable, entriesAt] = [u64(40), u64(48), u64(72)];
  const [count, entrySize] = [bytes.readUInt32LE(80), bytes.readUInt32LE(84)];
  if (entrySize < 128 || entrySize % 128 !== 0 || count * entrySize > mostBytes || entriesAt > last) {
    throw no(`has ${count} entries of ${entrySize} bytes at sector ${entriesAt}`);
  }
  const list = await read(entriesAt * sector, count * entrySize);
  if (list.length !== count * entrySize || crc32(list) !== bytes.readUInt32LE(88)) {
    throw no('has entries whose checksum is wrong');
  }
  const partitions: Partition[] = [];
  for (let i = 0; i < count; i++) {
    const entry = list.subarray(i * entrySize, i * entrySize + 128);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    const [start, end] = [Number(entry.readBigUInt64LE(32)), Number(entry.readBigUInt64LE(40))];
    if (start < firstUsable || end > lastUsable || end > last || start > end) {
      throw no(`has partition ${i + 1} at sectors ${start} to ${end}, where none can be`);
    }
    partitions.push({
      name: entry.toString('utf16le', 56, 128).replace(/\0.*$/s, ''),
      type: guidText(entry.subarray(0, 16)),
      uuid: guidText(entry.subarray(16, 32)),
      offset: start * sector,
      size: (end - start + 1) * sector,
    });
  }
  return { diskUuid: guidText(bytes.subarray(56, 72)), other: u64(32), entriesSum: bytes.readUInt32LE(88), partitions };
}

function checkOverlaps(partitions: readonly Partition[]): void {
  const sorted = partitions.toSorted((a, b) => a.offset - b.offset);
  for (const [i, { offset }] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before && before.offset + before.size > offset) throw wrong('two of its partitions overlap');
  }
}

function wrong(why: string): ProjectError {
  return new ProjectError('INGOT_DISK_TABLE', `the disk has no sound GUID partition table: ${why}`, {
    help: '`sfdisk --verify` says more; build the disk again',
  });
}
