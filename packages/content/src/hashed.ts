import { createHash } from 'node:crypto';

/** Passes a stream on once and knows afterwards its SHA-256 and its size in bytes. */
export class Hashed implements AsyncIterable<Uint8Array> {
  readonly #content: AsyncIterable<Uint8Array>;
  readonly #hash = createHash('sha256');
  size = 0;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const part of this.#content) {
      this.#hash.update(part);
      this.size += part.length;
      yield part;
    }
  }

  /** To be called once, after the last byte. */
  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`;
  }
}
