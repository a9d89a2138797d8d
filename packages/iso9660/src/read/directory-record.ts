import { malformed, shortDate, u32, u8 } from './field.ts';
import type { IsoExtent } from './entry.ts';

/** A directory record (ECMA-119 §9.1), before Rock Ridge or Joliet give it a meaning. */
export interface DirectoryRecord {
  /** Of the file section, without its extended attribute record. */
  readonly extent: IsoExtent;
  /** Seconds since the epoch. */
  readonly time: number | undefined;
  readonly isDirectory: boolean;
  /** A fork of another file (§9.1.6 bit 2). */
  readonly isAssociated: boolean;
  /** Another record goes on with this file (§9.1.6 bit 7). */
  readonly continues: boolean;
  /** Written piecemeal over the disk (§6.4.3): not supported. */
  readonly isInterleaved: boolean;
  readonly identifier: Uint8Array;
  readonly systemUse: Uint8Array;
}

/** ECMA-119 §9.1: the fixed part of a record, in bytes. */
export const FIXED_PART = 33;

/**
 * Decodes a record that fills `bytes` (as its first byte says, or the 34 bytes in a volume descriptor).
 * Throws INGOT_ISO_RECORD where the identifier does not fit.
 */
export function decodeRecord(bytes: Uint8Array): DirectoryRecord {
  const identifierLength = u8(bytes, 32); // §9.1.10, BP 33
  const identifierEnd = FIXED_PART + identifierLength;
  if (identifierLength === 0 || identifierEnd > bytes.length) {
    throw malformed(`an identifier of ${identifierLength} bytes in a directory record of ${bytes.length}`);
  }
  const flags = u8(bytes, 25); // §9.1.6, BP 26
  return {
    // §9.1.2 BP 2 (sectors of the extended attribute record come first), §9.1.3 BP 3-10, §9.1.4 BP 11-18
    extent: { sector: u32(bytes, 2) + u8(bytes, 1), size: u32(bytes, 10) },
    time: shortDate(bytes, 18), // §9.1.5, BP 19-25
    isDirectory: (flags & 0x02) !== 0,
    isAssociated: (flags & 0x04) !== 0,
    continues: (flags & 0x80) !== 0,
    isInterleaved: u8(bytes, 26) !== 0 || u8(bytes, 27) !== 0, // §9.1.7 BP 27, §9.1.8 BP 28
    identifier: bytes.subarray(FIXED_PART, identifierEnd), // §9.1.11, BP 34
    // §9.1.12, §9.1.13: a padding byte after an identifier of even length, then the System Use field
    systemUse: bytes.subarray(Math.min(bytes.length, identifierEnd + (identifierLength % 2 === 0 ? 1 : 0))),
  };
}

/** ECMA-119 §7.6.2: the records of a directory itself (0x00, ".") and of its parent (0x01, ".."). */
export function isSelf(record: DirectoryRecord): boolean {
  return record.identifier.length === 1 && record.identifier[0] === 0;
}

export function isParent(record: DirectoryRecord): boolean {
  return record.identifier.length === 1 && record.identifier[0] === 1;
}
