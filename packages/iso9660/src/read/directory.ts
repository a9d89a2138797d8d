import { decodeRecord, isParent, isSelf } from './directory-record.ts';
import type { DirectoryRecord } from './directory-record.ts';
import type { IsoExtent } from './entry.ts';
import { malformed, SECTOR } from './field.ts';
import type { Budget } from './limits.ts';
import { checkWithin, readInto } from './random-access.ts';
import type { RandomAccess } from './random-access.ts';

/** A file or folder of a directory: its first record, and the extents of all its records (ECMA-119 §6.5.1). */
export interface DirectoryItem {
  readonly record: DirectoryRecord;
  readonly extents: readonly IsoExtent[];
}

/** Bytes that are read at a time; whole sectors, so that no record is cut (§6.8.1.1). */
const CHUNK = 32 * SECTOR;

/**
 * The items of the directory in `extent`, without "." and "..", in the order of their records, some at a time.
 * Throws INGOT_ISO_RECORD, INGOT_ISO_TRUNCATED, INGOT_ISO_LIMIT.
 */
export async function* readDirectory(
  image: RandomAccess,
  extent: IsoExtent,
  budget: Budget,
): AsyncGenerator<DirectoryItem[], void, undefined> {
  let pending: { record: DirectoryRecord; extents: IsoExtent[] } | undefined;
  for await (const records of readRecords(image, extent, budget)) {
    const items: DirectoryItem[] = [];
    for (const record of records) {
      if (isSelf(record) || isParent(record)) continue;
      // §9.1.6 bit 2: a fork (a resource fork, say) of the file that the next record describes.
      if (record.isAssociated) continue;
      if (pending === undefined) pending = { record, extents: [] };
      else if (!sameIdentifier(pending.record, record)) throw malformed('a file whose last extent is missing');
      if (record.extent.size > 0) pending.extents.push(record.extent);
      if (record.continues) continue;
      items.push(pending);
      pending = undefined;
    }
    yield items;
  }
  if (pending !== undefined) throw malformed('a file whose last extent is missing');
}

/** The "." record of the directory that begins at `sector` (§6.8.2.2): its size and System Use field. */
export async function readSelf(image: RandomAccess, sector: number, budget: Budget): Promise<DirectoryRecord> {
  for await (const records of readRecords(image, { sector, size: SECTOR }, budget)) {
    const [self] = records;
    if (self !== undefined && isSelf(self) && self.isDirectory) return self;
  }
  throw malformed(`no directory at sector ${sector}`);
}

async function* readRecords(
  image: RandomAccess,
  extent: IsoExtent,
  budget: Budget,
): AsyncGenerator<DirectoryRecord[], void, undefined> {
  const start = extent.sector * SECTOR;
  checkWithin(image, start, extent.size);
  for (let at = 0; at < extent.size; at += CHUNK) {
    const length = Math.min(CHUNK, extent.size - at);
    budget.metadata(length);
    const bytes = new Uint8Array(length);
    await readInto(image, bytes, start + at);
    yield decodeRecords(bytes);
  }
}

/** §6.8.1.1: each record ends in the sector in which it begins; zeros fill the rest of a sector. */
function decodeRecords(bytes: Uint8Array): DirectoryRecord[] {
  const records: DirectoryRecord[] = [];
  for (let at = 0; at < bytes.length;) {
    const sectorEnd = Math.min(bytes.length, (Math.floor(at / SECTOR) + 1) * SECTOR);
    const length = bytes[at] ?? 0; // §9.1.1, BP 1
    if (length === 0) {
      at = sectorEnd;
      continue;
    }
    if (at + length > sectorEnd) throw malformed('a directory record that crosses the end of its sector');
    records.push(decodeRecord(bytes.subarray(at, at + length)));
    at += length;
  }
  return records;
}

function sameIdentifier(a: DirectoryRecord, b: DirectoryRecord): boolean {
  return Buffer.compare(a.identifier, b.identifier) === 0;
}
