import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

import { SolutionError } from './error.ts';

/**
 * Writes a small file so that it is either as it was before or whole: temporary name, fsync, rename. Mode 0644.
 * Throws SolutionError INGOT_DISK_FULL, INGOT_UNWRITABLE.
 */
export async function writeWhole(file: string, content: string | Uint8Array): Promise<void> {
  await makeFolder(dirname(file));
  const temporary = `${file}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
  try {
    const handle = await open(temporary, 'wx', 0o644);
    try {
      await handle.writeFile(content);
      await handle.chmod(0o644);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw unwritable(error, file);
  }
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
