import { ContentError } from './error.ts';
import { smallBlob } from './read.ts';
import { openRegular } from './regular-file.ts';

/**
 * A whole file of at most 4 MiB. Throws system errors as they are, INGOT_FILE for what is no regular file, and
 * INGOT_BLOB_LIMIT; never waits on a pipe.
 */
export async function readSmallFile(path: string): Promise<Uint8Array> {
  const { file, size } = await openRegular(path);
  try {
    if (size > smallBlob) {
      throw new ContentError('INGOT_BLOB_LIMIT', `${path} has ${size} bytes, more than ${smallBlob}`, { path });
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
