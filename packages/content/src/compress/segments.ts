/** Buffers of one size, which are used again: left to the garbage collector, they would pile up between its visits. */
export class Buffers {
  readonly #size: number;
  readonly #free: ArrayBuffer[] = [];

  constructor(size: number) {
    this.#size = size;
  }

  take(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#free.pop() ?? new ArrayBuffer(this.#size));
  }

  give(buffer: ArrayBuffer): void {
    this.#free.push(buffer);
  }
}

/**
 * Cuts a stream into pieces of exactly a buffer's size (the last one shorter), each in a buffer of its own, whatever
 * pieces it came in. An empty stream gives one empty piece, so that its compressed form is valid, too.
 */
export async function* segments(
  content: AsyncIterable<Uint8Array>,
  buffers: Buffers,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
  let buffer = buffers.take();
  let filled = 0;
  let given = 0;
  for await (const part of content) {
    for (let offset = 0; offset < part.length;) {
      if (filled === buffer.length) {
        yield buffer;
        given++;
        buffer = buffers.take();
        filled = 0;
      }
      const length = Math.min(buffer.length - filled, part.length - offset);
      buffer.set(part.subarray(offset, offset + length), filled);
      filled += length;
      offset += length;
    }
  }
  if (filled > 0 || given === 0) yield buffer.subarray(0, filled);
}
