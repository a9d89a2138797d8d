/**
 * Where the structures of a sound image lie: found apart from the reader, by the plain rules of ECMA-119 and SUSP, so
 * that mutations can aim at them.
 */
export interface Structure {
  readonly descriptors: readonly number[];
  /** Directory records, "." and ".." too. */
  readonly records: readonly Span[];
  /** System Use Entries, in records and in continuation areas. */
  readonly entries: readonly Span[];
}

export interface Span {
  readonly at: number;
  readonly length: number;
}

export function structureOf(bytes: Buffer): Structure {
  const descriptors: number[] = [];
  for (let at = 16 * 2048; bytes.toString('latin1', at + 1, at + 6) === 'CD001'; at += 2048) {
    descriptors.push(at);
    if (bytes[at] === 255) break;
  }
  const roots = descriptors.filter((at) => bytes[at] === 1 || bytes[at] === 2).map((at) => at + 156);
  const records = roots.map((at) => ({ at, length: 34 }));
  const seen = new Set<number>();
  // The list grows while it is gone through.
  for (const { at } of records) if (((bytes[at + 25] ?? 0) & 2) !== 0) records.push(...directoryAt(bytes, at, seen));
  return { descriptors, records, entries: records.flatMap((record) => entriesOf(bytes, record)) };
}

function directoryAt(bytes: Buffer, record: number, seen: Set<number>): Span[] {
  const start = bytes.readUInt32LE(record + 2) * 2048;
  if (seen.has(start)) return [];
  seen.add(start);
  const records: Span[] = [];
  for (let at = start; at < start + bytes.readUInt32LE(record + 10);) {
    const length = bytes[at] ?? 0;
    if (length > 0) records.push({ at, length });
    at = length > 0 ? at + length : (Math.floor(at / 2048) + 1) * 2048;
  }
  return records;
}

function entriesOf(bytes: Buffer, record: Span): Span[] {
  const identifier = bytes[record.at + 32] ?? 0;
  const from = record.at + 33 + identifier + (identifier % 2 === 0 ? 1 : 0);
  return area(bytes, from, record.at + record.length);
}

function area(bytes: Buffer, from: number, end: number): Span[] {
  const entries: Span[] = [];
  for (let at = from; at + 4 <= end;) {
    const length = bytes[at + 2] ?? 0;
    if (length < 4 || at + length > end || !/^[A-Z]{2}$/.test(bytes.toString('latin1', at, at + 2))) break;
    entries.push({ at, length });
    if (bytes.toString('latin1', at, at + 2) === 'CE') {
      const next = bytes.readUInt32LE(at + 4) * 2048 + bytes.readUInt32LE(at + 12);
      entries.push(...area(bytes, next, next + bytes.readUInt32LE(at + 20)));
    }
    at += length;
  }
  return entries;
}
