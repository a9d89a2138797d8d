import { ContentError } from '@ingot/content';
import type { Content, Descriptor, Fetcher } from '@ingot/content';

/** Reads a blob on its way out, as often as it takes, and counts each byte once. */
export class Source {
  /** Why the bytes could not be had, or that they are wrong. */
  failure: Error | undefined;
  readonly #descriptor: Descriptor;
  readonly #from: Fetcher;
  readonly #onBytes: (bytes: number) => void;
  #reported = 0;

  constructor(descriptor: Descriptor, from: Fetcher, onBytes: (bytes: number) => void) {
    this.#descriptor = descriptor;
    this.#from = from;
    this.#onBytes = onBytes;
  }

  /** Exactly `length` bytes from `offset` on. Throws INGOT_BLOB_WRONG, and what the fetcher throws; and remembers it. */
  async *read(offset: number, length: number): AsyncGenerator<Uint8Array, void, undefined> {
    const descriptor = this.#descriptor;
    const whole = offset === 0 && length === descriptor.size;
    let content: Content | undefined;
    let done = 0;
    try {
      content = whole ? this.#from.fetch(descriptor) : this.#from.fetch(descriptor, { offset, length });
      for await (const part of content) {
        done += part.length;
        if (done > length) break;
        yield part;
        this.report(offset + done);
      }
      if (done !== length) throw wrong(descriptor, offset + done);
    } catch (error) {
      if (error instanceof ContentError && error.code === 'INGOT_BLOB_WRONG') await content?.reject?.();
      this.failure ??= error instanceof Error ? error : new Error(String(error));
      throw error;
    }
  }

  /** All bytes up to `position` are on their way. */
  report(position: number): void {
    if (position <= this.#reported) return;
    this.#onBytes(position - this.#reported);
    this.#reported = position;
  }
}

function wrong({ digest, size }: Descriptor, has: number): ContentError {
  const what = has > size ? `has more than the ${size} bytes it should have` : `has ${has} bytes, not ${size}`;
  return new ContentError('INGOT_BLOB_WRONG', `blob ${digest} ${what}`, {
    digest,
    help: 'It was truncated or changed: build, pull or copy it again.',
  });
}
