import { checkMd5 } from '../../isomd5/check.ts';
import { IsoError } from '../../error.ts';
import type { IsoEntry } from '../entry.ts';
import { openIso } from '../open.ts';
import type { IsoImage } from '../open.ts';
import type { RandomAccess } from '../random-access.ts';

/** What reading one image came to: the faults of the reader, and how far it got. */
export interface Judgement {
  readonly faults: readonly string[];
  readonly entries: number;
  /** Codes of the errors it threw. */
  readonly codes: readonly string[];
}

/** Reads of the image, at most; a sound image of the same size needs a hundredth. */
const MOST_READS = 20_000;

/**
 * Reads all that there is in an image, in all views, and judges the reader: only IsoErrors, no read outside the image,
 * bounded work, no path that could leave a folder, no size beyond the image.
 */
export async function judge(bytes: Uint8Array): Promise<Judgement> {
  const faults: string[] = [];
  const codes: string[] = [];
  const access = watched(bytes, faults);
  let entries = 0;
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof IsoError) codes.push(error.code);
      else faults.push(`threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    }
  };
  await attempt(async () => {
    const image = await openIso(access);
    for (const view of image.views) {
      await attempt(async () => {
        for await (const entry of image.list(view)) {
          entries += 1;
          faults.push(...wrongWith(entry, bytes.length));
          // Content is read the same way whatever the view.
          if (view === image.views[0]) await attempt(() => readSome(image, entry));
          if (entries % 16 === 0) await attempt(async () => void (await image.stat(entry.path, view)));
        }
      });
      await attempt(async () => void (await image.stat('a/b/c/d/e', view)));
    }
  });
  if (bytes.length % 8 === 0) await attempt(async () => void (await checkMd5(access)));
  return { faults, entries, codes };
}

/** Beginning, middle and end of a file, and that no more comes than was asked for. */
async function readSome(image: IsoImage, entry: IsoEntry): Promise<void> {
  if (entry.type !== 'file') return;
  for (const offset of new Set([0, Math.floor(entry.size / 2), Math.max(0, entry.size - 10)])) {
    const length = Math.min(10, entry.size - offset);
    let count = 0;
    for await (const bytes of image.read(entry, { offset, length })) count += bytes.length;
    if (count !== length) throw new Error(`read ${count} bytes instead of ${length}`);
  }
}

function wrongWith(entry: IsoEntry, size: number): string[] {
  const faults: string[] = [];
  const parts = entry.path.split('/');
  if (parts.some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'))) {
    faults.push(`gave the path ${JSON.stringify(entry.path)}`);
  }
  if (entry.size > size) faults.push(`gave the size ${entry.size} in an image of ${size}`);
  if (entry.extents.some((extent) => extent.sector * 2048 + extent.size > size)) faults.push('gave an extent outside');
  return faults;
}

/** The image, noting every read that is not within it, and too many of them. */
function watched(bytes: Uint8Array, faults: string[]): RandomAccess {
  let reads = 0;
  return {
    size: bytes.length,
    read(buffer, position) {
      reads += 1;
      if (reads === MOST_READS) faults.push(`read more than ${MOST_READS} times`);
      if (reads >= MOST_READS) throw new Error('enough');
      const within = Number.isInteger(position) && position >= 0 && position + buffer.length <= bytes.length;
      if (!within) faults.push(`read ${buffer.length} bytes at ${position} of ${bytes.length}`);
      const part = bytes.subarray(position, position + buffer.length);
      buffer.set(part);
      return part.length;
    },
  };
}
