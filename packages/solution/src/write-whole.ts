import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { writeWhole as replaceWhole } from '@ingot/content';

import { SolutionError } from './error.ts';

/**
 * Writes a small file so that it is either as it was before or whole. Mode 0644. Throws SolutionError INGOT_DISK_FULL,
 * INGOT_UNWRITABLE.
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await replaceWhole(dirname(file), async (handle) => {
    await handle.writeFile(content);
    return file;
  }).catch((error: unknown) => {
    // Of the system itself: what content says of it names the store of blobs as the remedy.
    throw unwritable((error as Error).cause ?? error, file);
  });
}

/** Removes a file where there is one. Throws SolutionError INGOT_UNWRITABLE. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => {
    throw unwritable(error, file);
  });
}

/** Makes a folder and its parents. Throws SolutionError INGOT_DISK_FULL, INGOT_UNWRITABLE. */
export async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(error, folder);
  });
}

function unwritable(cause: unknown, path: string): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === undefined) return cause;
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new SolutionError(
    full ? 'INGOT_DISK_FULL' : 'INGOT_UNWRITABLE',
    full ? 'no space is left on the disk' : `this cannot be written: ${message}`,
    {
      path,
      help: full
        ? 'Free some space; what was there is as it was.'
        : 'Give yourself the folder, or choose another outputPath.',
      cause,
    },
  );
}
