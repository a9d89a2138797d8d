import { open } from 'node:fs/promises';
import { ContentError } from './error.ts';
import { smallBlob } from './read.ts';

/** A whole file of at most 4 MiB. Throws system errors as they are, and INGOT_BLOB_LIMIT; never waits on a pipe. */
export async function readSmallFile(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if (size > smallBlob) {
      throw new ContentError('INGOT_BLOB_LIMIT', `${path} has ${size} bytes, more than ${smallBlob}`, { path });
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
