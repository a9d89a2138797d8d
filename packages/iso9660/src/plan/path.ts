import { IsoError } from '../error.ts';
import { isWellFormed } from './well-formed.ts';

/** The segments of a path inside the image. Throws INGOT_ISO_PATH or INGOT_ISO_NAME_LENGTH. */
export function segmentsOf(path: string): string[] {
  if (!isWellFormed(path)) throw wrong(path, 'it is not well-formed UTF-16, and so has no UTF-8 form');
  if (path.includes('\0')) throw wrong(path, 'it has a NUL character');
  const segments = path.split('/');
  for (const segment of segments) checkSegment(path, segment);
  return segments;
}

function checkSegment(path: string, segment: string): void {
  if (segment === '') throw wrong(path, 'it has an empty segment');
  if (segment === '.' || segment === '..') throw wrong(path, `it has a segment ${JSON.stringify(segment)}`);
  const length = segment.length > 255 ? segment.length : Buffer.byteLength(segment);
  if (length <= 255) return;
  throw new IsoError('INGOT_ISO_NAME_LENGTH', `a name in ${JSON.stringify(path)} has more than 255 bytes of UTF-8`, {
    path,
    help: 'Shorten the name: no common file system can hold it.',
  });
}

/**
 * The longest target of a symbolic link, in bytes. Linux takes 4,095, but xorriso (libisofs) refuses a whole image for
 * one of 1,024.
 */
const longestTarget = 1023;

/** Throws INGOT_ISO_LINK_TARGET for a target that no reader could show. */
export function checkTarget(path: string, target: string): void {
  const fine = target !== '' && isWellFormed(target) && !target.includes('\0');
  if (fine && Buffer.byteLength(target) <= longestTarget) return;
  throw new IsoError('INGOT_ISO_LINK_TARGET', `the symbolic link ${JSON.stringify(path)} has an impossible target`, {
    path,
    help: `Give 1 to ${longestTarget} bytes of well-formed text without NUL.`,
  });
}

function wrong(path: string, why: string): IsoError {
  return new IsoError('INGOT_ISO_PATH', `${JSON.stringify(path)} cannot be a path in the image: ${why}`, {
    path,
    help: "Write paths as 'a/b/c', relative to the image's root.",
  });
}
