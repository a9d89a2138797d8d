import type { TarReader } from '@ingot/content';

/** Reads a tar forward, as it comes out of a decompressor: nothing is kept but the piece asked for. */
export class TarStream implements TarReader {
  readonly path: string;
  readonly size = Number.MAX_SAFE_INTEGER;
  readonly #parts: AsyncIterator<Uint8Array>;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  /** `path`: of the archive, for errors. */
  constructor(path: string, content: AsyncIterable<Uint8Array>) {
    this.path = path;
    this.#parts = content[Symbol.asyncIterator]();
  }

  /** The bytes at `position`, which is not before the last one; fewer where the tar ends. Throws what `content` throws. */
  async read(position: number, length: number): Promise<Buffer> {
    while (this.#start + this.#bytes.length < position) {
      this.#start += this.#bytes.length;
      this.#bytes = Buffer.alloc(0);
      const next = await this.#next();
      if (next === undefined) return this.#bytes;
      this.#bytes = next;
    }
    const pieces = [this.#bytes.subarray(position - this.#start)];
    this.#start = position;
    let there = pieces[0]?.length ?? 0;
    while (there < length) {
      const next = await this.#next();
      if (next === undefined) break;
      pieces.push(next);
      there += next.length;
    }
    this.#bytes = pieces.length === 1 ? (pieces[0] ?? Buffer.alloc(0)) : Buffer.concat(pieces);
    return this.#bytes.subarray(0, length);
  }

  /** Reads all that is left, so that who makes it sees its end. */
  async drain(): Promise<void> {
    this.#bytes = Buffer.alloc(0);
    while ((await this.#next()) !== undefined);
  }

  /** Ends what makes it. */
  async close(): Promise<void> {
    await this.#parts.return?.();
  }

  async #next(): Promise<Buffer | undefined> {
    const next = await this.#parts.next();
    if (next.done === true) return undefined;
    return Buffer.from(next.value.buffer, next.value.byteOffset, next.value.length);
  }
}
