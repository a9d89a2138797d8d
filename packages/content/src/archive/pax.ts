/** What a pax header says: each keyword with its value, a later one of a name before an earlier. */
export type PaxRecords = ReadonlyMap<string, Buffer>;

/**
 * The records of a pax extended header (IEEE 1003.1 pax, "pax Extended Header": `"%d %s=%s\n"`, the number counting the
 * whole record). By their lengths: a value may hold anything, line ends and zeros as well. Undefined where a length is
 * wrong.
 */
export function parsePax(bytes: Buffer): PaxRecords | undefined {
  const records = new Map<string, Buffer>();
  for (let start = 0; start < bytes.length;) {
    // Some writers fill the rest with zeros.
    if (bytes[start] === 0) return records;
    const blank = bytes.indexOf(0x20, start);
    const length = blank < 0 ? Number.NaN : Number(bytes.toString('latin1', start, blank));
    const end = start + length;
    const equals = bytes.indexOf(0x3d, blank);
    if (!Number.isSafeInteger(length) || end > bytes.length || bytes[end - 1] !== 0x0a) return undefined;
    if (equals < 0 || equals >= end) return undefined;
    records.set(bytes.toString('utf8', blank + 1, equals), bytes.subarray(equals + 1, end - 1));
    start = end;
  }
  return records;
}

/** A number as pax writes it; fractions of seconds are dropped. Undefined where it is none. */
export function paxNumber(value: Buffer | undefined): number | undefined {
  const text = value?.toString('latin1');
  return text !== undefined && /^-?\d{1,15}(\.\d*)?$/.test(text) ? Math.floor(Number(text)) : undefined;
}
