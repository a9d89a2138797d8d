/** What an LZ4 file holds. LZ4 Frame Format Description, v1.6.x (lz4/doc/lz4_Frame_format.md). */
export interface Lz4Facts {
  /** Frames with data. */
  readonly frames: number;
  readonly skippableFrames: number;
  /** Old frames of the Linux kernel, which say nothing of themselves (§ Legacy frame). */
  readonly legacyFrames: number;
  /** Any frame has checksums of its blocks (FLG bit 4). */
  readonly blockChecksums: boolean;
  /** All frames have a checksum of their content (FLG bit 2). */
  readonly contentChecksum: boolean;
  /** Any frame needs a dictionary (FLG bit 0). */
  readonly dictionary: boolean;
  /** Undefined: all of it is sound frames. Else what is wrong, and where (bytes). */
  readonly problem: { readonly what: string; readonly position: number } | undefined;
}

const magic = 0x184d2204;
const legacyMagic = 0x184c2102;
/** § Block Maximum Size, by its number in BD; those that are missing are reserved. */
const blockSizes: Readonly<Record<number, number>> = { 4: 65_536, 5: 262_144, 6: 1_048_576, 7: 4_194_304 };

type State =
  'magic' | 'descriptor' | 'rest of the descriptor' | 'block size' | 'content checksum' | 'skippable size' | 'done';

/**
 * Looks at the frames of an LZ4 file as its bytes go by: headers and sizes of blocks, not what is in them. Each step
 * needs at most 15 bytes at once and goes forward, so no file can hold it or fill memory.
 */
export class Lz4Frames {
  #frames = 0;
  #skippable = 0;
  #legacy = 0;
  #blockChecksums = false;
  #unchecked = 0;
  #dictionary = false;
  #problem: Lz4Facts['problem'];

  #state: State = 'magic';
  /** Bytes of the field that has begun. */
  #field = Buffer.alloc(0);
  /** Bytes of the file to pass over. */
  #skip = 0;
  #position = 0;
  #flags = 0;
  #blockMaximum = 0;

  /** The next bytes of the file. */
  push(part: Uint8Array): void {
    let rest = part;
    while (rest.length > 0 && this.#problem === undefined && this.#state !== 'done') {
      const skipped = Math.min(this.#skip, rest.length);
      this.#skip -= skipped;
      this.#position += skipped;
      rest = rest.subarray(skipped);
      if (this.#skip > 0 || rest.length === 0) return;
      const missing = this.#wanted() - this.#field.length;
      this.#field = Buffer.concat([this.#field, rest.subarray(0, missing)]);
      rest = rest.subarray(missing);
      if (this.#field.length === this.#wanted()) this.#step();
    }
  }

  /** To be called after the last byte. */
  facts(): Lz4Facts {
    const atEnd = this.#state === 'magic' && this.#field.length === 0 && this.#skip === 0;
    if (this.#state !== 'done' && !atEnd) this.#wrong('the file ends within a frame');
    if (this.#frames + this.#legacy === 0) this.#wrong('there is no LZ4 frame');
    return {
      frames: this.#frames,
      skippableFrames: this.#skippable,
      legacyFrames: this.#legacy,
      blockChecksums: this.#blockChecksums,
      contentChecksum: this.#frames > 0 && this.#unchecked === 0,
      dictionary: this.#dictionary,
      problem: this.#problem,
    };
  }

  #wanted(): number {
    if (this.#state === 'descriptor') return 2;
    // Content size, dictionary's id, checksum of the header (§ Frame Descriptor).
    if (this.#state === 'rest of the descriptor') return (this.#has(3) ? 8 : 0) + (this.#has(0) ? 4 : 0) + 1;
    return 4;
  }

  #has(bit: number): boolean {
    return (this.#flags & (1 << bit)) !== 0;
  }

  #step(): void {
    const field = this.#field;
    this.#field = Buffer.alloc(0);
    const at = this.#position;
    this.#position += field.length;
    if (this.#state === 'magic') this.#begin(field.readUInt32LE(0), at);
    else if (this.#state === 'descriptor') this.#describe(field[0]!, field[1]!, at);
    else if (this.#state === 'rest of the descriptor' || this.#state === 'content checksum') this.#next();
    else if (this.#state === 'block size') this.#block(field.readUInt32LE(0), at);
    else this.#pass(field.readUInt32LE(0));
  }

  #next(): void {
    this.#state = this.#state === 'content checksum' ? 'magic' : 'block size';
  }

  #begin(number: number, at: number): void {
    if (number === magic) {
      this.#frames += 1;
      this.#state = 'descriptor';
    } else if (number >>> 4 === 0x184d2a5) {
      this.#skippable += 1;
      this.#state = 'skippable size';
    } else if (number === legacyMagic) {
      // It has no end of its own: what comes after it cannot be told from its blocks for certain.
      this.#legacy += 1;
      this.#state = 'done';
    } else {
      this.#wrong(this.#frames > 0 ? 'something follows the frame that is none' : 'there is no LZ4 frame', at);
    }
  }

  #describe(flags: number, blocks: number, at: number): void {
    this.#flags = flags;
    const maximum = blockSizes[(blocks >> 4) & 7];
    if (flags >> 6 !== 1) return this.#wrong(`the frame has version ${flags >> 6}, not 1`, at);
    if (this.#has(1) || (blocks & 0x8f) !== 0) return this.#wrong('reserved bits of the frame are set', at);
    if (maximum === undefined) return this.#wrong('the frame has no block size', at);
    this.#blockMaximum = maximum;
    this.#blockChecksums ||= this.#has(4);
    this.#dictionary ||= this.#has(0);
    if (!this.#has(2)) this.#unchecked += 1;
    this.#state = 'rest of the descriptor';
  }

  /** § Data Blocks: the highest bit says that it is not compressed; 0 ends the frame. */
  #block(field: number, at: number): void {
    const size = field & 0x7fffffff;
    if (field === 0) this.#state = this.#has(2) ? 'content checksum' : 'magic';
    else if (size > this.#blockMaximum) this.#wrong(`a block of ${size} bytes is larger than the frame allows`, at);
    else this.#pass(size + (this.#has(4) ? 4 : 0), 'block size');
  }

  #pass(bytes: number, state: State = 'magic'): void {
    this.#skip = bytes;
    this.#state = state;
  }

  #wrong(what: string, position = this.#position): void {
    this.#problem ??= { what, position };
  }
}
