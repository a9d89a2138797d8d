import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What is in the sample: sizes in bytes. */
export interface Sample {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes a tree such as an application has: many small files, a few large ones; two thirds of the bytes compress like
 * source text, one third like machine code with embedded data. The same tree each time.
 */
export async function writeSample(folder: string, { files, bytes }: Sample): Promise<void> {
  const random = generator(20_260_101);
  // Exponential sizes: half of the files have a fifth of the bytes.
  const weights = Array.from({ length: files }, () => -Math.log(1 - random()));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    const size = Math.round((weight / total) * bytes);
    const text = index % 3 !== 0;
    const path = join(folder, `group${index % 40}`, `part${index % 7}`, `file${index}.${text ? 'txt' : 'bin'}`);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text ? words(size, random) : machineCode(size, random));
  }
}

/** A vocabulary used with Zipf's frequencies, as sources and logs are. */
function words(size: number, random: () => number): Buffer {
  const buffer = Buffer.alloc(size);
  for (let offset = 0; offset < size;) {
    const rank = Math.floor(vocabulary.length ** random());
    offset += buffer.write(vocabulary[rank - 1] ?? '\n', offset, 'latin1');
    if (random() < 0.02) offset += buffer.write(`${Math.floor(random() * 1e6)}\n`, offset, 'latin1');
  }
  return buffer;
}

/** Instructions that come again with other operands, and stretches of noise. */
function machineCode(size: number, random: () => number): Buffer {
  const buffer = Buffer.alloc(size);
  for (let offset = 0; offset < size;) {
    const opcode = opcodes[Math.floor(opcodes.length ** random()) - 1] ?? opcodes[0];
    offset += (opcode as Buffer).copy(buffer, offset);
    if (random() < 0.5 && offset < size) buffer[offset++] = Math.floor(random() * 256);
  }
  return buffer;
}

/** mulberry32: the same numbers on every machine, from 0 to 1. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const shape = generator(7);
const vocabulary = Array.from({ length: 5000 }, () => {
  const length = 2 + Math.floor(shape() * 9);
  return `${Array.from({ length }, () => String.fromCharCode(97 + Math.floor(shape() * 26))).join('')} `;
});
const opcodes = Array.from({ length: 2000 }, () => {
  return Buffer.from(Array.from({ length: 3 + Math.floor(shape() * 8) }, () => Math.floor(shape() * 256)));
});
