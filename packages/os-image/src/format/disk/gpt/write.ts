import { crc32 } from 'node:zlib';
import { guidBytes } from './guid.ts';
import { entries, sector, tableSectors, type Partition, type Table } from './table.ts';

/** Bytes and where on the disk they go. */
export interface Patch {
  readonly position: number;
  readonly bytes: Buffer;
}

/** The protective MBR and both copies of the table. UEFI specification 2.10 § 5.2.3 and 5.3. */
export function gptPatches(table: Table): readonly Patch[] {
  const last = Math.floor(table.diskSize / sector) - 1;
  const list = entryBytes(table.partitions);
  const first = header(table, { at: 1, other: last, entriesAt: 2 }, list);
  const second = header(table, { at: last, other: 1, entriesAt: last - tableSectors + 1 }, list);
  return [
    { position: 0, bytes: Buffer.concat([protectiveMbr(last), first, list]) },
    { position: (last - tableSectors + 1) * sector, bytes: Buffer.concat([list, second]) },
  ];
}

/** One partition of type 0xEE over the whole disk, so that old tools leave it alone (§ 5.2.3, table 5.4). */
function protectiveMbr(lastSector: number): Buffer {
  const bytes = Buffer.alloc(sector);
  const record = bytes.subarray(446, 462);
  record.writeUIntBE(0x000200, 1, 3); // the first sector in cylinders, heads and sectors
  record[4] = 0xee;
  record.writeUIntBE(0xffffff, 5, 3);
  record.writeUInt32LE(1, 8);
  record.writeUInt32LE(Math.min(lastSector, 0xffffffff), 12);
  bytes.writeUInt16LE(0xaa55, 510);
  return bytes;
}

/** § 5.3.2, table 5.5. All addresses in sectors. */
function header(
  { diskUuid, diskSize }: Table,
  place: { readonly at: number; readonly other: number; readonly entriesAt: number },
  list: Buffer,
): Buffer {
  const bytes = Buffer.alloc(sector);
  bytes.write('EFI PART', 0, 'latin1');
  bytes.writeUInt32LE(0x00010000, 8); // revision 1.0
  bytes.writeUInt32LE(92, 12); // the header's size
  bytes.writeBigUInt64LE(BigInt(place.at), 24);
  bytes.writeBigUInt64LE(BigInt(place.other), 32);
  bytes.writeBigUInt64LE(BigInt(1 + tableSectors), 40); // the first sector that a partition can have
  bytes.writeBigUInt64LE(BigInt(Math.floor(diskSize / sector) - tableSectors - 1), 48); // the last one
  guidBytes(diskUuid).copy(bytes, 56);
  bytes.writeBigUInt64LE(BigInt(place.entriesAt), 72);
  bytes.writeUInt32LE(entries.count, 80);
  bytes.writeUInt32LE(entries.size, 84);
  bytes.writeUInt32LE(crc32(list), 88);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 92)), 16);
  return bytes;
}

/** § 5.3.3, table 5.6. */
function entryBytes(partitions: readonly Partition[]): Buffer {
  const bytes = Buffer.alloc(entries.count * entries.size);
  for (const [i, { name, type, uuid, offset, size }] of partitions.entries()) {
    const entry = bytes.subarray(i * entries.size, (i + 1) * entries.size);
    guidBytes(type).copy(entry, 0);
    guidBytes(uuid).copy(entry, 16);
    entry.writeBigUInt64LE(BigInt(offset / sector), 32);
    entry.writeBigUInt64LE(BigInt((offset + size) / sector - 1), 40);
    entry.write(name.slice(0, 36), 56, 'utf16le');
  }
  return bytes;
}
