import { writeBoth16, writeBoth32 } from './both-endian.ts';

/** ECMA-119 §9.1.6: the file flags that we set. */
export const fileFlags = { directory: 0x02, multiExtent: 0x80 } as const;

/** The longest directory record: its length is one byte (ECMA-119 §9.1.1), and even (§9.1.12, §9.1.13). */
export const longestRecord = 254;

/** ECMA-119 §6.8.2.2: the identifiers of a directory's records of itself and of its parent. */
export const selfIdentifier = Uint8Array.of(0);
export const parentIdentifier = Uint8Array.of(1);

export interface RecordFacts {
  readonly identifier: Uint8Array;
  /** First sector of the extent. */
  readonly sector: number;
  /** Bytes in the extent, below 2^32. */
  readonly size: number;
  /** As encodeShortDate writes it. */
  readonly date: Uint8Array;
  readonly flags: number;
  /** Entries of SUSP §4, in order. */
  readonly systemUse: readonly Uint8Array[];
}

/** The length in bytes of a record without its system use field: ECMA-119 §9.1.11 and the padding of §9.1.12. */
export function bareRecordLength(identifierLength: number): number {
  return 33 + identifierLength + (identifierLength % 2 === 0 ? 1 : 0);
}

/** The length in bytes of a record, which is even. */
export function recordLength({ identifier, systemUse }: RecordFacts): number {
  const used = systemUse.reduce((sum, entry) => sum + entry.length, bareRecordLength(identifier.length));
  return used + (used % 2);
}

/** ECMA-119 §9.1: writes a directory record to `out`, which is zero there, from `at` on. */
export function writeRecord(out: Uint8Array, at: number, facts: RecordFacts): void {
  const { identifier } = facts;
  out[at] = recordLength(facts); // BP 1, §9.1.1: length of the record
  writeBoth32(out, at + 2, facts.sector); // BP 3 to 10, §9.1.3: location of the extent
  writeBoth32(out, at + 10, facts.size); // BP 11 to 18, §9.1.4: data length
  out.set(facts.date, at + 18); // BP 19 to 25, §9.1.5
  out[at + 25] = facts.flags; // BP 26, §9.1.6
  writeBoth16(out, at + 28, 1); // BP 29 to 32, §9.1.9: volume sequence number
  out[at + 32] = identifier.length; // BP 33, §9.1.10
  out.set(identifier, at + 33); // BP 34 and on, §9.1.11
  let next = at + bareRecordLength(identifier.length);
  for (const entry of facts.systemUse) {
    out.set(entry, next); // §9.1.13: system use
    next += entry.length;
  }
}
