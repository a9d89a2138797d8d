import { readInto } from '../read/random-access.ts';
import type { RandomAccess } from '../read/random-access.ts';

const CHUNK = 1024 * 1024;

/** Sector 16 if it holds the primary volume descriptor (ECMA-119 §8.4, type 1 at BP 1), which is where isomd5sum looks. */
export async function primaryDescriptor(image: RandomAccess): Promise<Uint8Array | undefined> {
  if (image.size < 17 * 2048) return undefined;
  const bytes = new Uint8Array(2048);
  await readInto(image, bytes, 16 * 2048);
  return bytes[0] === 1 ? bytes : undefined;
}

/** ECMA-119 §8.4.8: the volume space size in bytes, from the half (BP 85-88) that isomd5sum reads. */
export function volumeSize(descriptor: Uint8Array): number {
  return Buffer.from(descriptor.buffer, descriptor.byteOffset, descriptor.length).readUInt32BE(84) * 2048;
}

/** The first `end` bytes of the image, or all of a shorter one. Each piece is only valid until the next. */
export async function* imageBytes(
  image: RandomAccess,
  end: number,
  options: { readonly onBytes?: (bytes: number) => void; readonly signal?: AbortSignal },
): AsyncGenerator<Uint8Array, void, undefined> {
  const buffer = new Uint8Array(CHUNK);
  const stop = Math.min(end, image.size);
  for (let at = 0; at < stop;) {
    options.signal?.throwIfAborted();
    const piece = buffer.subarray(0, Math.min(CHUNK, stop - at));
    await readInto(image, piece, at);
    at += piece.length;
    yield piece;
    options.onBytes?.(piece.length);
  }
}
