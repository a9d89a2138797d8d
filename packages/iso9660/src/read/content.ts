import { IsoError } from '../error.ts';
import type { IsoEntry } from './entry.ts';
import { SECTOR } from './field.ts';
import { checkWithin, readInto } from './random-access.ts';
import type { RandomAccess } from './random-access.ts';

/** A part of a file, in bytes; to its end where `length` is left out. */
export interface IsoRange {
  readonly offset: number;
  readonly length?: number;
}

/** Bytes that are read and given at a time. */
const CHUNK = 256 * 1024;

/**
 * The bytes of a file, or of a range of it, through all its extents, in fresh chunks of at most 256 KiB.
 * Throws INGOT_ISO_NOT_FILE, INGOT_ISO_RANGE for a range outside the file, INGOT_ISO_TRUNCATED, INGOT_ISO_READ.
 */
export async function* readContent(
  image: RandomAccess,
  entry: IsoEntry,
  range: IsoRange = { offset: 0 },
): AsyncGenerator<Uint8Array, void, undefined> {
  if (entry.type !== 'file') throw notFile(entry);
  let skip = range.offset;
  let left = range.length ?? entry.size - range.offset;
  if (!isWithin(skip, left, entry.size)) throw outside(entry, range);
  for (const extent of entry.extents) {
    const from = Math.min(skip, extent.size);
    const length = Math.min(left, extent.size - from);
    yield* readSpan(image, extent.sector * SECTOR + from, length, entry.path);
    skip -= from;
    left -= length;
  }
}

async function* readSpan(
  image: RandomAccess,
  position: number,
  length: number,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkWithin(image, position, length, path);
  for (let done = 0; done < length;) {
    const chunk = new Uint8Array(Buffer.allocUnsafeSlow(Math.min(CHUNK, length - done)).buffer);
    await readInto(image, chunk, position + done);
    done += chunk.length;
    yield chunk;
  }
}

function isWithin(offset: number, length: number, size: number): boolean {
  return (
    Number.isSafeInteger(offset) &&
    Number.isSafeInteger(length) &&
    offset >= 0 &&
    length >= 0 &&
    offset + length <= size
  );
}

function notFile({ path, type }: IsoEntry): IsoError {
  const help = 'Read regular files only; links are reported with their target and not followed.';
  return new IsoError('INGOT_ISO_NOT_FILE', `"${path}" is a ${type} and has no content`, { path, help });
}

function outside({ path, size }: IsoEntry, { offset, length }: IsoRange): IsoError {
  const asked = `bytes ${offset} to ${length === undefined ? 'the end' : offset + length}`;
  const help = 'Ask for a range that lies within the size of the entry.';
  return new IsoError('INGOT_ISO_RANGE', `"${path}" has ${size} bytes; asked for ${asked}`, { path, help });
}
