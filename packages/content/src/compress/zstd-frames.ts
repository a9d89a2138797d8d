/**
 * Cuts a zstd stream (RFC 8878 §3) so that no piece reaches over the end of a frame, and leaves skippable frames out.
 * Node's decompressor silently stops after the first frame that ends within a piece, and silently accepts a truncated
 * one; with pieces cut like this it reads on, and what is truncated is an Error here.
 */
export async function* zstdFrames(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const walk = new FrameWalk();
  for await (const part of content) {
    for (let offset = 0; offset < part.length;) {
      const was = walk.expected;
      const length = walk.step(part, offset);
      if (was === 'magic') {
        // Held back until it is whole, since a skippable frame's must not go out.
        if (walk.expected === 'descriptor') yield magicBytes;
      } else if (was !== 'skip' && was !== 'skip-size') {
        yield part.subarray(offset, offset + length);
      }
      offset += length;
    }
  }
  if (!walk.between) throw new Error('it ends within a frame');
}

type Expected = 'magic' | 'descriptor' | 'header' | 'block' | 'content' | 'checksum' | 'skip-size' | 'skip';

const magic = 0xfd2fb528;
const magicBytes = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd);
const skippable = 0x184d2a50;
/** What is read as a number; the rest is passed over. */
const numbers: ReadonlySet<Expected> = new Set(['magic', 'descriptor', 'block', 'skip-size']);
const dictionaryIdSizes = [0, 1, 2, 4] as const;
const contentSizeSizes = [0, 2, 4, 8] as const;

/** Where we are within the frames. Nothing is decompressed: the sizes in the headers suffice. */
class FrameWalk {
  #expected: Expected = 'magic';
  /** Bytes still to come of what is expected. */
  #left = 4;
  /** The little-endian number that the bytes so far make. */
  #value = 0;
  #read = 0;
  #checksum = false;
  #lastBlock = false;

  /** True where a stream may end. */
  get between(): boolean {
    return this.#expected === 'magic' && this.#left === 4;
  }

  /** What the next byte belongs to. */
  get expected(): Expected {
    return this.#expected;
  }

  /** Takes the bytes from `offset` on that belong together, and answers how many they are. */
  step(part: Uint8Array, offset: number): number {
    const length = Math.min(this.#left, part.length - offset);
    if (numbers.has(this.#expected)) {
      for (let i = 0; i < length; i++) this.#value += (part[offset + i] as number) * 2 ** (8 * this.#read++);
    }
    this.#left -= length;
    while (this.#left === 0) this.#advance();
    return length;
  }

  #expect(expected: Expected, bytes: number): void {
    this.#expected = expected;
    this.#left = bytes;
    this.#value = 0;
    this.#read = 0;
  }

  #advance(): void {
    switch (this.#expected) {
      case 'magic':
        return this.#magic(this.#value);
      case 'descriptor':
        return this.#descriptor(this.#value);
      case 'header':
        return this.#expect('block', 3);
      case 'block':
        return this.#block(this.#value);
      case 'content':
        if (!this.#lastBlock) return this.#expect('block', 3);
        return this.#expect('checksum', this.#checksum ? 4 : 0);
      case 'skip-size':
        return this.#expect('skip', this.#value);
      case 'checksum':
      case 'skip':
        return this.#expect('magic', 4);
    }
  }

  /** RFC 8878 §3.1.1, §3.1.2. */
  #magic(value: number): void {
    if (value === magic) return this.#expect('descriptor', 1);
    if ((value & 0xfffffff0) >>> 0 === skippable) return this.#expect('skip-size', 4);
    throw new Error('a frame begins with a wrong magic number');
  }

  /** RFC 8878 §3.1.1.1.1: which fields the rest of the header has. */
  #descriptor(value: number): void {
    const singleSegment = (value & 0x20) !== 0;
    this.#checksum = (value & 0x04) !== 0;
    const contentSize = contentSizeSizes[(value >> 6) as 0 | 1 | 2 | 3] || (singleSegment ? 1 : 0);
    this.#expect('header', (singleSegment ? 0 : 1) + dictionaryIdSizes[(value & 3) as 0 | 1 | 2 | 3] + contentSize);
  }

  /** RFC 8878 §3.1.1.2: last (1 bit), type (2 bits; 1 = RLE, one byte whatever its size), size (21 bits). */
  #block(value: number): void {
    const type = (value >> 1) & 3;
    if (type === 3) throw new Error('a block has the reserved type');
    this.#lastBlock = (value & 1) !== 0;
    this.#expect('content', type === 1 ? 1 : value >> 3);
  }
}
