import { IsoError } from '../error.ts';

/** A logical sector, in bytes (ECMA-119 §6.1.2); the reader takes no other logical block size. */
export const SECTOR = 2048;

/** ECMA-119 §7.1.1: one byte. Positions count from 0 here, from 1 in the standard (BP). */
export function u8(bytes: Uint8Array, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw malformed(`a field at byte ${at} of a record that has ${bytes.length}`);
  return value;
}

/** ECMA-119 §7.2.1: 16 bits, least significant byte first; also the first half of a both-byte-order field (§7.2.3). */
export function u16(bytes: Uint8Array, at: number): number {
  return u8(bytes, at) | (u8(bytes, at + 1) << 8);
}

/**
 * ECMA-119 §7.3.1: 32 bits, least significant byte first; also the first half of a both-byte-order field (§7.3.3),
 * whose second half is not compared: readers everywhere take the first, and some writers err in the second.
 */
export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) + u16(bytes, at + 2) * 0x10000;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text: UTF-8 where they are UTF-8, else each byte a character (ISO-8859-1), so that no name is lost. */
export function text(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  }
}

/** Joliet specification, "Character encoding": UCS-2 (UTF-16 in practice), most significant byte first. */
export function ucs2(bytes: Uint8Array): string {
  const swapped = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  return swapped.swap16().toString('utf16le');
}

/** ECMA-119 §9.1.5: the seven-byte date of a directory record, as seconds since the epoch; undefined where unset. */
export function shortDate(bytes: Uint8Array, at: number): number | undefined {
  const month = u8(bytes, at + 1);
  const day = u8(bytes, at + 2);
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const year = 1900 + u8(bytes, at);
  const time = Date.UTC(year, month - 1, day, u8(bytes, at + 3), u8(bytes, at + 4), u8(bytes, at + 5));
  return time / 1000 - offsetSeconds(u8(bytes, at + 6));
}

/** ECMA-119 §8.4.26.1: the 17-byte date of digits, as seconds since the epoch; undefined where unset. */
export function longDate(bytes: Uint8Array, at: number): number | undefined {
  const digits = Buffer.from(bytes.subarray(at, at + 16)).toString('latin1');
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  // A year below 100 would mean 19xx to Date.UTC.
  const time = new Date(0).setUTCFullYear(year, month - 1, day);
  return time / 1000 + hour * 3600 + minute * 60 + second - offsetSeconds(u8(bytes, at + 16));
}

/** The offset from Greenwich, a signed number of quarters of an hour. */
function offsetSeconds(byte: number): number {
  return ((byte << 24) >> 24) * 900;
}

/** INGOT_ISO_RECORD: a structure of the image that breaks its standard. */
export function malformed(what: string, path?: string): IsoError {
  const help = 'The image is damaged or was made by a faulty tool: copy or download it again.';
  return new IsoError('INGOT_ISO_RECORD', `malformed image: ${what}`, { help, ...(path !== undefined && { path }) });
}
