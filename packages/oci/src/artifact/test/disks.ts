import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { referee } from '../../../../../tools/referee.ts';

const run = promisify(execFile);

/** A disk with an MBR and one partition of Linux; after it `fill`, the rest zeros. In bytes. */
export function partitionedDisk(size: number, fill: Uint8Array = new Uint8Array()): Buffer {
  const disk = Buffer.alloc(size);
  disk.set([0x80, 0, 2, 0, 0x83, 0, 0, 0, 1, 0, 0, 0], 446);
  disk.writeUInt32LE(Math.floor(size / 512) - 1, 446 + 12);
  disk.writeUInt16LE(0xaa55, 510);
  disk.set(fill, 512);
  return disk;
}

/** Bytes that look random, and are the same each time. */
export function noise(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  for (let i = 0, state = seed; i < size; i++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** Writes the raw disk `path`, and converts it: `qemu-img convert` with these arguments. */
export async function convert(raw: Uint8Array, path: string, ...args: readonly string[]): Promise<string> {
  await writeFile(`${path}.source`, raw);
  await run(referee('qemu-img'), ['convert', '-f', 'raw', ...args, `${path}.source`, path]);
  return path;
}

export async function qemuImg(...args: readonly string[]): Promise<string> {
  return (await run(referee('qemu-img'), args)).stdout;
}

/** Changes bytes of a file. */
export async function patch(path: string, offset: number, bytes: Uint8Array | readonly number[]): Promise<void> {
  const file = await readFile(path);
  file.set(bytes, offset);
  await writeFile(path, file);
}
