import { writeSync } from 'node:fs';
import type { IsoPlan } from '../plan/plan.ts';
import { DigestCheck } from './digest-check.ts';
import type { ContentPart } from './image-reader.ts';
import { ImageReader } from './image-reader.ts';
import { Lanes, stepSize } from './lanes.ts';

export interface CopyImageOptions {
  readonly hash: boolean;
  readonly onBytes?: (bytes: number) => void;
  readonly signal?: AbortSignal;
  /** Makes what is thrown out of a failed write. */
  readonly onError: (error: unknown) => Error;
}

/** Writes the bytes of `plan` to the open file `output`; returns the image's SHA-256 in hex, with `hash`. */
export async function copyImage(plan: IsoPlan, output: number, options: CopyImageOptions): Promise<string | undefined> {
  const check = new DigestCheck();
  const reader = new ImageReader(plan);
  const lanes = new Lanes(plan, options.hash, (hex) => check.arrive(hex));
  try {
    for (let written = 0; written < plan.size;) {
      const slot = await lanes.nextSlot();
      check.check();
      options.signal?.throwIfAborted();
      const parts: ContentPart[] = [];
      const used = await fillAndWrite(slot.memory, reader, parts, output, written, options);
      lanes.push(slot, used, check.partsToHash(parts, slot.offset), written + used === plan.size);
      written += used;
    }
    await lanes.finish();
    check.check();
    return lanes.imageDigest;
  } finally {
    await Promise.all([lanes.close(), reader.close()]);
  }
}

/** Reads a slot's bytes and writes them to the file, a step at a time. Returns their number. */
async function fillAndWrite(
  slot: Uint8Array,
  reader: ImageReader,
  parts: ContentPart[],
  output: number,
  position: number,
  { onBytes, onError }: CopyImageOptions,
): Promise<number> {
  for (let used = 0; used < slot.length;) {
    const step = slot.subarray(used, used + stepSize);
    const base = used;
    const read = await reader.read(step, (part) => parts.push({ ...part, offset: base + part.offset }));
    try {
      for (let at = 0; at < read;) at += writeSync(output, step, at, read - at, position + used + at);
    } catch (error) {
      throw onError(error);
    }
    onBytes?.(read);
    used += read;
    if (read < step.length) return used;
  }
  return slot.length;
}
