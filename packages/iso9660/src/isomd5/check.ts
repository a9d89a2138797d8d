import { openFile } from '../read/random-access.ts';
import type { RandomAccess } from '../read/random-access.ts';
import { APPLICATION_USE, decodeApplicationUse, FRAGMENT_SUMS } from './application-use.ts';
import type { MediaSums } from './application-use.ts';
import { imageBytes, primaryDescriptor, volumeSize } from './image-bytes.ts';
import { RunningSum } from './media-sum.ts';
import type { FragmentedSum } from './media-sum.ts';

export interface MediaCheck {
  /** `absent`: the image carries no sums, so nothing can be said about it. */
  readonly state: 'passed' | 'failed' | 'absent';
  /** The MD5 that the image carries, in hexadecimal. */
  readonly expected?: string;
  /** The MD5 that it has. */
  readonly actual?: string;
}

export interface MediaCheckOptions {
  /** Called with the number of bytes after each piece that was read. */
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Checks an image against the media check sums that it carries, with checkisomd5's verdict. The last 15 sectors are
 * not covered. Throws INGOT_ISO_OPEN, INGOT_ISO_READ, and the signal's reason; never because the image is bad.
 */
export async function checkMd5(source: string | RandomAccess, options: MediaCheckOptions = {}): Promise<MediaCheck> {
  if (typeof source !== 'string') return check(source, options);
  const image = await openFile(source);
  try {
    return await check(image, options);
  } finally {
    await image.close?.();
  }
}

async function check(image: RandomAccess, options: MediaCheckOptions): Promise<MediaCheck> {
  const descriptor = await primaryDescriptor(image);
  const field = descriptor?.subarray(APPLICATION_USE.offset % 2048);
  const carried = field === undefined ? undefined : decodeApplicationUse(field);
  if (descriptor === undefined || carried === undefined) return { state: 'absent' };
  const covered = volumeSize(descriptor) - carried.skipSectors * 2048;
  const sum = new RunningSum(Math.max(0, covered), carried.fragmentCount);
  for await (const bytes of imageBytes(image, covered, options)) sum.update(bytes);
  const found = sum.digest();
  return { state: agrees(carried, found) ? 'passed' : 'failed', expected: carried.md5, actual: found.md5 };
}

/** checkisomd5 compares each fragment's characters with those at its place, then the sum of the whole. */
function agrees(carried: MediaSums, found: FragmentedSum): boolean {
  if (carried.md5 !== found.md5) return false;
  const each = carried.fragmentCount > 0 ? Math.floor(FRAGMENT_SUMS / carried.fragmentCount) : 0;
  for (const [fragment, characters] of found.fragments) {
    const at = (fragment - 1) * each;
    if (carried.fragmentSums.slice(at, at + characters.length) !== characters) return false;
  }
  return true;
}
