import type { FileHandle } from 'node:fs/promises';

/** Writes all of `bytes` at `position` (in bytes). Throws system errors. */
export async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
