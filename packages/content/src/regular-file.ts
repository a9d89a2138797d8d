import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { ContentError } from './error.ts';

/**
 * Opens a file to read it; whoever calls closes it. Never waits on a pipe. Throws ContentError INGOT_FILE for what is no
 * regular file, and system errors as they are.
 */
export async function openRegular(path: string): Promise<{ file: FileHandle; size: number }> {
  // Without O_NONBLOCK, opening a pipe would wait for somebody to write.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile()) throw new ContentError('INGOT_FILE', `${path} is not a regular file`, { path });
    return { file, size: found.size };
  } catch (error) {
    await file.close();
    throw error;
  }
}
