import { IsoError } from '../error.ts';
import { encodeShortDate } from '../record/date.ts';
import { fileFlags, selfIdentifier, writeRecord } from '../record/directory-record.ts';
import { encodePathTable, pathTableRecordLength } from '../record/path-table.ts';
import { sectorSize, sectorsFor } from '../record/sector.ts';
import { encodeJolietDescriptor, encodePrimaryDescriptor, encodeTerminator } from '../record/volume-descriptor.ts';
import type { CheckedOptions } from './options.ts';
import type { RecordContext } from './records.ts';
import { layRecords, recordsOf } from './records.ts';
import { Attributes, ContinuationSectors } from './system-use.ts';
import type { View, ViewDirectory } from './view.ts';
import { pathTableOrder } from './view.ts';

/** ECMA-119 §6.2.1: the first sixteen sectors are the system area, which we leave zero. */
const firstDescriptor = 16;

/** ECMA-119 §9.4.4: a directory's number has 16 bits. */
const mostDirectories = 65_535;

/** A view with its place in the image. Sectors are absolute. */
interface PlacedView {
  readonly view: View;
  readonly pathTable: readonly ViewDirectory[];
  readonly pathTableSize: number;
  readonly little: number;
  readonly big: number;
}

/** All of the image that is not content: its sectors, and what writes it once the whole size is known. */
export interface Head {
  readonly sectors: number;
  encode(options: CheckedOptions, imageSectors: number): Uint8Array;
}

/**
 * Places descriptors, path tables, the primary directories and the Joliet directories, in this order.
 * Throws INGOT_ISO_DIRECTORIES.
 */
export function layHead(primary: View, joliet: View, time: number): Head {
  const date = encodeShortDate(time);
  let next = firstDescriptor + 3;
  const take = (sectors: number): number => (next += sectors) - sectors;
  const placedPrimary = placePathTables(primary, take);
  const placedJoliet = placePathTables(joliet, take);
  placeDirectories(primary, date, true, take);
  placeDirectories(joliet, date, false, take);
  const sectors = next;

  return {
    sectors,
    encode(options, imageSectors) {
      const out = new Uint8Array(sectors * sectorSize);
      writeView(out, placedPrimary, { date, dataSector: sectors }, true);
      writeView(out, placedJoliet, { date, dataSector: sectors }, false);
      const facts = (placed: PlacedView) => ({ ...options, ...descriptorFacts(placed, date), sectors: imageSectors });
      out.set(encodePrimaryDescriptor(facts(placedPrimary)), firstDescriptor * sectorSize);
      out.set(encodeJolietDescriptor(facts(placedJoliet)), (firstDescriptor + 1) * sectorSize);
      out.set(encodeTerminator(), (firstDescriptor + 2) * sectorSize);
      return out;
    },
  };
}

function placePathTables(view: View, take: (sectors: number) => number): PlacedView {
  const pathTable = pathTableOrder(view.root);
  if (pathTable.length > mostDirectories) {
    throw new IsoError('INGOT_ISO_DIRECTORIES', `${pathTable.length} directories are more than an ISO can number`, {
      help: `Keep to ${mostDirectories} directories, the root included.`,
    });
  }
  const pathTableSize = pathTable.reduce((sum, { identifier }) => sum + pathTableRecordLength(identifier.length), 0);
  const sectors = sectorsFor(pathTableSize);
  return { view, pathTable, pathTableSize, little: take(sectors), big: take(sectors) };
}

/**
 * Gives each directory its sector and size, and the sectors of its continuation areas right behind it, where libarchive
 * wants them. The records' lengths do not depend on what they point to.
 */
function placeDirectories(view: View, date: Uint8Array, rockRidge: boolean, take: (sectors: number) => number): void {
  const attributes = new Attributes(date);
  for (const directory of view.directories) {
    const continuation = rockRidge ? new ContinuationSectors(0) : undefined;
    const context = { date, attributes, continuation, dataSector: 0, encodeName: view.encodeName };
    const used = layRecords(recordsOf(directory, context), () => {});
    directory.size = sectorsFor(used) * sectorSize; // ECMA-119 §6.8.1.3: whole sectors
    directory.sector = take(sectorsFor(used));
    directory.continuationSector = take(sectorsFor(continuation?.length ?? 0));
  }
}

function writeView(
  out: Uint8Array,
  placed: PlacedView,
  context: Pick<RecordContext, 'date' | 'dataSector'>,
  rockRidge: boolean,
): void {
  const { directories, encodeName } = placed.view;
  const attributes = new Attributes(context.date);
  for (const directory of directories) {
    const start = directory.sector * sectorSize;
    const continuation = rockRidge ? new ContinuationSectors(directory.continuationSector) : undefined;
    const records = recordsOf(directory, { ...context, attributes, continuation, encodeName });
    layRecords(records, (record, at) => writeRecord(out, start + at, record));
    continuation?.writeTo(out.subarray(directory.continuationSector * sectorSize));
  }
  const numbers = new Map(placed.pathTable.map((directory, index) => [directory, index + 1]));
  const entries = placed.pathTable.map((directory) => ({
    identifier: directory.identifier,
    sector: directory.sector,
    parent: numbers.get(directory.parent) ?? 1,
  }));
  out.set(encodePathTable(entries, 'L'), placed.little * sectorSize);
  out.set(encodePathTable(entries, 'M'), placed.big * sectorSize);
}

function descriptorFacts({ view, pathTableSize, little, big }: PlacedView, date: Uint8Array) {
  const { sector, size } = view.root;
  const flags = fileFlags.directory;
  const root = new Uint8Array(34);
  writeRecord(root, 0, { identifier: selfIdentifier, sector, size, date, flags, systemUse: [] });
  return { root, pathTable: { size: pathTableSize, little, big } };
}
