import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { IsoError } from '../error.ts';
import type { IsoPlanExtent } from '../plan/plan.ts';

/** The content of one extent, read once from its beginning to its end. */
export interface ContentReader {
  /** Fills `target`, which is never more than what is left of the extent. */
  read(target: Uint8Array): void | Promise<void>;
  /** Throws INGOT_ISO_CONTENT_SIZE where the content goes on. Called when all of the extent has been read. */
  end(): void | Promise<void>;
  /** Lets go of what is open; after an error or `end`. */
  close(): void | Promise<void>;
}

/**
 * Opens the content of an extent. Throws, here or later, INGOT_ISO_CONTENT_SIZE where there are more or fewer bytes
 * than planned, and INGOT_ISO_CONTENT_UNREADABLE where a file cannot be read.
 */
export function openContent(extent: IsoPlanExtent): ContentReader {
  const { content } = extent;
  if ('bytes' in content) return new BytesReader(extent, content.bytes);
  if ('path' in content) return new FileReader(extent, content.path, content.offset);
  return new StreamReader(extent, content.fetch());
}

class BytesReader implements ContentReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(extent: IsoPlanExtent, bytes: Uint8Array) {
    if (bytes.length !== extent.size) throw wrongSize(extent, bytes.length);
    this.#bytes = bytes;
  }

  read(target: Uint8Array): void {
    target.set(this.#bytes.subarray(this.#at, this.#at + target.length));
    this.#at += target.length;
  }

  end(): void {}
  close(): void {}
}

/**
 * A file or a range of one. It reads synchronously: out of the page cache a read takes less time than handing it to
 * another thread, and leaves the bytes in the cache of the core that is about to write them.
 */
class FileReader implements ContentReader {
  readonly #extent: IsoPlanExtent;
  readonly #path: string;
  readonly #file: number;
  #at: number;

  constructor(extent: IsoPlanExtent, path: string, offset: number | undefined) {
    this.#extent = extent;
    this.#path = path;
    this.#at = offset ?? 0;
    // Without O_NONBLOCK, opening a pipe would wait for somebody to write, and the whole process with it.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    this.#file = attempt(extent, path, () => openSync(path, flags));
    try {
      const stat = attempt(extent, path, () => fstatSync(this.#file));
      if (!stat.isFile()) throw unreadable(extent, path, undefined);
      const there = offset === undefined ? stat.size : Math.min(stat.size - offset, extent.size);
      if (there !== extent.size) throw wrongSize(extent, Math.max(there, 0));
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  read(target: Uint8Array): void {
    for (let filled = 0; filled < target.length;) {
      const rest = target.length - filled;
      const read = attempt(this.#extent, this.#path, () => readSync(this.#file, target, filled, rest, this.#at));
      if (read === 0)
        throw new IsoError('INGOT_ISO_CONTENT_SIZE', `${this.#path} became shorter while it was read`, {
          path: this.#extent.path,
        });
      filled += read;
      this.#at += read;
    }
  }

  end(): void {}

  close(): void {
    closeSync(this.#file);
  }
}

class StreamReader implements ContentReader {
  readonly #extent: IsoPlanExtent;
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #read = 0;
  #done = false;

  constructor(extent: IsoPlanExtent, chunks: AsyncIterable<Uint8Array>) {
    this.#extent = extent;
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async read(target: Uint8Array): Promise<void> {
    for (let filled = 0; filled < target.length;) {
      if (this.#chunk.length === 0 && !(await this.#advance())) throw wrongSize(this.#extent, this.#read);
      const part = this.#chunk.subarray(0, target.length - filled);
      target.set(part, filled);
      this.#chunk = this.#chunk.subarray(part.length);
      filled += part.length;
      this.#read += part.length;
    }
  }

  async end(): Promise<void> {
    if (this.#chunk.length > 0 || (await this.#advance())) throw wrongSize(this.#extent, undefined);
  }

  async close(): Promise<void> {
    if (!this.#done) await this.#chunks.return?.();
  }

  /** Goes to the next chunk that is not empty; false where there is none. */
  async #advance(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#chunks.next();
      if (next.done === true) {
        this.#done = true;
        return false;
      }
      this.#chunk = next.value;
    }
    return true;
  }
}

function wrongSize(extent: IsoPlanExtent, actual: number | undefined): IsoError {
  const has = actual === undefined ? 'more' : `${actual}`;
  return new IsoError(
    'INGOT_ISO_CONTENT_SIZE',
    `${JSON.stringify(extent.path)} was planned with ${extent.size} bytes, but its content has ${has}`,
    { path: extent.path, help: 'Plan again: the content changed after the plan was made.' },
  );
}

function unreadable(extent: IsoPlanExtent, path: string, cause: unknown): IsoError {
  const why = cause instanceof Error ? cause.message : 'it is not a regular file';
  return new IsoError(
    'INGOT_ISO_CONTENT_UNREADABLE',
    `the content of ${JSON.stringify(extent.path)} cannot be read from ${path}: ${why}`,
    { path, cause },
  );
}

function attempt<T>(extent: IsoPlanExtent, path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw unreadable(extent, path, error);
  }
}
