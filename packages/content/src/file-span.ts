import { ContentError } from './error.ts';
import { fileError } from './file-error.ts';
import { openRegular } from './regular-file.ts';
import type { FileHandle } from 'node:fs/promises';
import type { ByteRange, FileSpan } from './store.ts';

const chunk = 1024 * 1024;

/**
 * The bytes of a span, or of a range within it, in fresh buffers. A file that is too short gives fewer bytes: whoever
 * checks the digest notices. Throws INGOT_RANGE for a range that leaves the span, INGOT_FILE.
 */
export async function* readSpan(span: FileSpan, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
  const { offset, length } = range ?? { offset: 0, length: span.size };
  checkRange(span.size, offset, length);
  let file: FileHandle | undefined;
  try {
    ({ file } = await openRegular(span.path));
    for (let done = 0; done < length;) {
      const wanted = Math.min(chunk, length - done);
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wanted), 0, wanted, span.offset + offset + done);
      if (bytesRead === 0) return;
      done += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  } catch (error) {
    throw fileError(error, span.path);
  } finally {
    await file?.close();
  }
}

/** Throws ContentError INGOT_RANGE unless offset and length (bytes) lie within `size`. */
export function checkRange(size: number, offset: number, length: number): void {
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0) {
    if (offset + length <= size) return;
  }
  throw new ContentError('INGOT_RANGE', `no ${length} bytes at ${offset} in a blob of ${size}`);
}
