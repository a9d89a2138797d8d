import { IsoError } from '../error.ts';
import { malformed, SECTOR, text, u32, u8 } from './field.ts';
import { overLimit } from './limits.ts';
import type { Budget } from './limits.ts';
import type { ReadWindow } from './window.ts';

/** A System Use Entry (SUSP §4): `bytes` is the whole of it, its four-byte header included. */
export interface SystemUseEntry {
  readonly signature: string;
  readonly bytes: Uint8Array;
}

/** One continuation area holds at most this many bytes; writers keep to a sector. */
const LARGEST_AREA = 16 * SECTOR;

/**
 * All System Use Entries of a directory record, through its continuation areas, without CE and ST themselves.
 * `skip`: bytes before the first entry (SUSP §5.3, LEN_SKP).
 * Throws INGOT_ISO_RECORD for entries that do not fit, INGOT_ISO_LOOP for continuation areas in a circle,
 * INGOT_ISO_LIMIT for too many, INGOT_ISO_TRUNCATED for those outside the image.
 */
export async function readSystemUse(
  systemUse: Uint8Array,
  skip: number,
  window: ReadWindow,
  budget: Budget,
): Promise<SystemUseEntry[]> {
  const entries: SystemUseEntry[] = [];
  let next = decodeArea(systemUse.subarray(Math.min(skip, systemUse.length)), entries);
  for (const seen = new Set<number>(); next !== undefined;) {
    const { position, length } = continuationArea(next);
    if (seen.has(position)) throw new IsoError('INGOT_ISO_LOOP', 'continuation areas that lead in a circle', loopHelp);
    seen.add(position);
    if (seen.size > budget.limits.continuations) throw overLimit('continuation areas', budget.limits.continuations);
    budget.metadata(length);
    next = decodeArea(await window.bytes(position, length, budget), entries);
  }
  return entries;
}

const loopHelp = { help: 'The image is damaged or hostile: copy it again, or do not trust it.' };

/** SUSP §4.1: signature (BP 1-2), length (BP 3), version (BP 4). Answers with the area's CE entry, if it has one. */
function decodeArea(area: Uint8Array, entries: SystemUseEntry[]): Uint8Array | undefined {
  let continuation: Uint8Array | undefined;
  // §4: up to three bytes may remain after the last entry; zeros in place of a signature are padding too.
  for (let at = 0; at + 4 <= area.length && u8(area, at) !== 0;) {
    const length = u8(area, at + 2);
    if (length < 4 || at + length > area.length) {
      throw malformed(`a system use entry of ${length} bytes where ${area.length - at} are left`);
    }
    const bytes = area.subarray(at, at + length);
    const signature = String.fromCharCode(u8(bytes, 0), u8(bytes, 1));
    at += length;
    if (signature === 'ST') break; // §5.4: nothing after it in this area
    if (signature === 'CE') continuation = bytes;
    else entries.push({ signature, bytes });
  }
  return continuation;
}

/** SUSP §5.1 CE: block (BP 5-12), offset in it (BP 13-20), length of the area (BP 21-28). */
function continuationArea(entry: Uint8Array): { position: number; length: number } {
  const length = u32(entry, 20);
  if (length > LARGEST_AREA) throw malformed(`a continuation area of ${length} bytes`);
  return { position: u32(entry, 4) * SECTOR + u32(entry, 12), length };
}

/** Where System Use Entries begin: in the root's "." record, and in every other record (LEN_SKP). In bytes. */
export interface SystemUseStart {
  readonly self: number;
  readonly others: number;
}

/**
 * SUSP §5.3 SP, the first entry of the root's "." record: check bytes BE EF (BP 5-6), LEN_SKP (BP 7). It begins the
 * field, or follows the 14 bytes of a CD-ROM XA record. Undefined where the image has no System Use Entries.
 */
export function systemUseStart(rootSystemUse: Uint8Array): SystemUseStart | undefined {
  const self = [0, 14].find((at) => Buffer.compare(rootSystemUse.subarray(at, at + 6), spBytes) === 0);
  if (self === undefined || self + 7 > rootSystemUse.length) return undefined;
  return { self, others: u8(rootSystemUse, self + 6) };
}

/** Signature SP, length 7, version 1, the check bytes. */
const spBytes = Buffer.from([0x53, 0x50, 7, 1, 0xbe, 0xef]);

/** SUSP §5.5 ER: LEN_ID (BP 5), identifier from BP 9 on. */
export function extensionIdentifier(entry: SystemUseEntry): string {
  const end = 8 + u8(entry.bytes, 4);
  if (end > entry.bytes.length) throw malformed('an ER entry whose identifier does not fit');
  return text(entry.bytes.subarray(8, end));
}
