import { createHash } from 'node:crypto';
import { fileError } from './file-error.ts';
import { openRegular } from './regular-file.ts';

const chunk = 1024 * 1024;

/**
 * The digest of a file's bytes, of any size, read piece by piece. Never waits on a pipe. Throws ContentError INGOT_FILE,
 * INGOT_UNWRITABLE (no permission).
 */
export async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    const { file } = await openRegular(path);
    try {
      const buffer = Buffer.allocUnsafe(chunk);
      for (;;) {
        const { bytesRead } = await file.read(buffer, 0, chunk);
        if (bytesRead === 0) break;
        hash.update(buffer.subarray(0, bytesRead));
      }
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileError(error, path);
  }
  return `sha256:${hash.digest('hex')}`;
}
