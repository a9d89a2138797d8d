import {
  bareRecordLength,
  fileFlags,
  parentIdentifier,
  recordLength,
  selfIdentifier,
} from '../record/directory-record.ts';
import type { RecordFacts } from '../record/directory-record.ts';
import { sectorSize } from '../record/sector.ts';
import type { Attributes, ContinuationSectors } from './system-use.ts';
import { entriesOfChild, entriesOfParent, entriesOfSelf, systemUseRoom } from './system-use.ts';
import type { View, ViewDirectory, ViewEntry } from './view.ts';

/** What all records of a view have in common. */
export interface RecordContext {
  readonly date: Uint8Array;
  readonly attributes: Attributes;
  readonly encodeName: View['encodeName'];
  /** Set for the view that carries Rock Ridge: the directory's own. */
  readonly continuation: ContinuationSectors | undefined;
  /** First sector of the files' content. Files without content are said to lie there. */
  readonly dataSector: number;
}

/**
 * ECMA-119 §9.1.6 and §6.5: the most bytes of one file section, a whole number of sectors below 2^32. Longer files
 * have several, which lie one after the other.
 */
export const longestSection = 2 ** 32 - sectorSize;

/** ECMA-119 §6.8.2.2: a directory's records: of itself, of its parent, of its entries in order. */
export function* recordsOf(directory: ViewDirectory, context: RecordContext): Iterable<RecordFacts> {
  const { continuation } = context;
  yield directoryRecord(
    directory,
    selfIdentifier,
    continuation && entriesOfSelf(directory, context.attributes),
    context,
  );
  yield directoryRecord(
    directory.parent,
    parentIdentifier,
    continuation && entriesOfParent(directory, context.attributes),
    context,
  );
  for (const entry of directory.entries) yield* recordsOfEntry(entry, context);
}

function* recordsOfEntry(entry: ViewEntry, context: RecordContext): Iterable<RecordFacts> {
  const { node, role } = entry;
  // The record that stands for a moved directory is a file's (RRIP §4.1.5.1), and so has a file's identifier.
  const identifier = context.encodeName(entry.name, entry.directory !== undefined && role !== 'moved-away');
  const entries = context.continuation && entriesOfChild(entry, context.attributes);
  if (entry.directory !== undefined && role !== 'moved-away') {
    yield directoryRecord(entry.directory, identifier, entries, context);
    return;
  }
  const extent = node.type === 'file' ? node.extent : undefined;
  let left = extent?.size ?? 0;
  let sector = left === 0 ? context.dataSector : (extent?.sector ?? 0);
  for (;;) {
    const size = Math.min(left, longestSection);
    left -= size;
    const flags = left > 0 ? fileFlags.multiExtent : 0;
    yield record({ identifier, sector, size, flags }, entries, context);
    if (left === 0) return;
    sector += size / sectorSize;
  }
}

function directoryRecord(
  directory: ViewDirectory,
  identifier: Uint8Array,
  entries: readonly Uint8Array[] | undefined,
  context: RecordContext,
): RecordFacts {
  const { sector, size } = directory;
  return record({ identifier, sector, size, flags: fileFlags.directory }, entries, context);
}

function record(
  place: { identifier: Uint8Array; sector: number; size: number; flags: number },
  entries: readonly Uint8Array[] | undefined,
  { date, continuation }: RecordContext,
): RecordFacts {
  const room = systemUseRoom(bareRecordLength(place.identifier.length));
  const systemUse = entries === undefined ? [] : (continuation?.fit(entries, room) ?? []);
  const { identifier, sector, size, flags } = place;
  return { identifier, sector, size, flags, date, systemUse };
}

/** ECMA-119 §6.8.1.1: where each record goes, given that none crosses the end of a sector. Returns the bytes used. */
export function layRecords(records: Iterable<RecordFacts>, put: (record: RecordFacts, at: number) => void): number {
  let at = 0;
  for (const each of records) {
    const left = sectorSize - (at % sectorSize);
    const length = recordLength(each);
    if (length > left) at += left;
    put(each, at);
    at += length;
  }
  return at;
}
