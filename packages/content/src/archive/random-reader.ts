import type { FileHandle } from 'node:fs/promises';
import { fileError } from '../file-error.ts';
import { openRegular } from '../regular-file.ts';

const window = 64 * 1024;

/** Reads small pieces of a file at any position, through a window. */
export class RandomReader {
  readonly path: string;
  /** Of the file, in bytes. */
  readonly size: number;
  readonly #file: FileHandle;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(path: string, size: number, file: FileHandle) {
    this.path = path;
    this.size = size;
    this.#file = file;
  }

  /** The bytes at `position`; fewer where the file ends. */
  async read(position: number, length: number): Promise<Buffer> {
    if (position < this.#start || position + length > this.#start + this.#bytes.length) {
      this.#bytes = await this.#load(position, Math.max(length, window));
      this.#start = position;
    }
    return this.#bytes.subarray(position - this.#start, position - this.#start + length);
  }

  async #load(position: number, wanted: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(wanted, this.size - position)));
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await this.#file.read(bytes, done, bytes.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }
}

/** Opens `path` for the time of `work`; never waits on a pipe. Throws ContentError INGOT_FILE, and what `work` throws. */
export async function withReader<T>(path: string, work: (reader: RandomReader) => Promise<T>): Promise<T> {
  let file;
  try {
    const opened = await openRegular(path);
    file = opened.file;
    return await work(new RandomReader(path, opened.size, file));
  } catch (error) {
    throw fileError(error, path);
  } finally {
    await file?.close();
  }
}
