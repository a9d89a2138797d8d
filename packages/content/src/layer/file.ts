import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { ContentError } from '../error.ts';
import type { FileHandle } from 'node:fs/promises';
import type { FileSpan } from '../store.ts';

/**
 * A span of a file on the disk while it is read; it makes sure that what is read is what was promised. A span that
 * begins at 0 is the whole file. Throws ContentError INGOT_LAYER_FILE (missing, unreadable, not a regular file) and
 * INGOT_LAYER_FILE_CHANGED.
 */
export class OpenSpan {
  readonly #file: FileHandle;
  readonly #span: FileSpan;
  readonly #mtime: number;

  private constructor(file: FileHandle, span: FileSpan, mtime: number) {
    this.#file = file;
    this.#span = span;
    this.#mtime = mtime;
  }

  static async open(span: FileSpan): Promise<OpenSpan> {
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write.
    const opening = open(span.path, constants.O_RDONLY | constants.O_NONBLOCK);
    const file = await readable(span.path, opening);
    try {
      const stat = await file.stat();
      if (!stat.isFile()) throw unreadable(span.path, new Error('it is not a regular file'));
      checkSize(span, stat.size);
      return new OpenSpan(file, span, stat.mtimeMs);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Fills `buffer` with the bytes from `offset` of the span on. */
  async read(buffer: Uint8Array, offset: number): Promise<void> {
    const { path, offset: start } = this.#span;
    for (let filled = 0; filled < buffer.length;) {
      const reading = this.#file.read(buffer, filled, buffer.length - filled, start + offset + filled);
      const { bytesRead } = await readable(path, reading);
      if (bytesRead === 0) throw changed(path, 'while it was read: it is shorter now');
      filled += bytesRead;
    }
  }

  /** To be called after the last byte. */
  async checkUnchanged(): Promise<void> {
    const { size, mtimeMs } = await this.#file.stat();
    checkSize(this.#span, size);
    if (mtimeMs !== this.#mtime) throw changed(this.#span.path, 'while it was read');
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

function checkSize({ path, offset, size }: FileSpan, actual: number): void {
  if (offset === 0 ? actual === size : actual >= offset + size) return;
  throw changed(path, `since it was listed: it has ${actual} bytes, not ${offset + size}`);
}

async function readable<T>(path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (error) {
    throw unreadable(path, error);
  }
}

function changed(path: string, when: string): ContentError {
  return new ContentError('INGOT_LAYER_FILE_CHANGED', `${path} changed ${when}`, {
    path,
    help: 'Something writes to it: make its target a dependency of this one, and run again.',
  });
}

function unreadable(path: string, cause: unknown): ContentError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ContentError('INGOT_LAYER_FILE', `${path} cannot be read: ${reason}`, {
    path,
    help: 'Is it still there, a regular file, and readable for you?',
    cause,
  });
}
