import { walkTar, type TarMember, type TarReader } from './tar-walk.ts';

/** Reads a tar forward, as it comes out of a decompressor: nothing is kept but the piece asked for. */
class TarStream implements TarReader {
  readonly path: string;
  readonly size = Number.MAX_SAFE_INTEGER;
  readonly #parts: AsyncIterator<Uint8Array>;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  /** @param path of the archive, for errors */
  constructor(path: string, content: AsyncIterable<Uint8Array>) {
    this.path = path;
    this.#parts = content[Symbol.asyncIterator]();
  }

  /** The bytes at `position`, not before the last one; fewer where the tar ends. Throws what `content` throws. */
  async read(position: number, length: number): Promise<Buffer> {
    await this.#skipTo(position);
    const pieces = [this.#bytes];
    let there = this.#bytes.length;
    while (there < length) {
      const next = await this.#next();
      if (next === undefined) break;
      pieces.push(next);
      there += next.length;
    }
    if (pieces.length > 1) this.#bytes = Buffer.concat(pieces);
    return this.#bytes.subarray(0, length);
  }

  /** All that is left, so that what makes it comes to its end. */
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
    const { buffer, byteOffset, length } = next.value;
    return Buffer.from(buffer, byteOffset, length);
  }

  async #skipTo(position: number): Promise<void> {
    if (position < this.#start) throw new Error(`${this.path}: byte ${position} has gone by`);
    while (this.#start + this.#bytes.length < position) {
      this.#start += this.#bytes.length;
      const next = await this.#next();
      this.#bytes = next ?? Buffer.alloc(0);
      if (next === undefined) return;
    }
    this.#bytes = this.#bytes.subarray(position - this.#start);
    this.#start = position;
  }
}

/**
 * Calls `visit` for each member of a tar that streams; it may read of the member's content, forward. Reads to the end,
 * so that what makes the stream can say whether all went well. Throws ContentError INGOT_TAR, what `content` throws, and
 * what `visit` throws.
 */
export async function walkStream(
  path: string,
  content: AsyncIterable<Uint8Array>,
  visit: (member: TarMember, reader: TarReader) => Promise<void> | void,
): Promise<void> {
  const reader = new TarStream(path, content);
  try {
    for await (const member of walkTar(reader)) await visit(member, reader);
    await reader.drain();
  } finally {
    await reader.close();
  }
}
