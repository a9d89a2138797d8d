import { setImmediate } from 'node:timers/promises';
import type { IsoPlan } from '../plan/plan.ts';
import type { HashLane, HashPart, OnDigest } from './hash-lane.ts';
import { inlineLane, workerLane } from './hash-lane.ts';

/**
 * Bytes that are read and written at a time. They stay in the second-level cache of one core between the read and the
 * write, which is faster than larger buffers, or reading and writing on two threads.
 */
export const stepSize = 256 * 1024;

/** Below this, in bytes, starting threads takes longer than hashing. */
const worthThreads = 32 * 1024 * 1024;

export interface Slot {
  /** Where in the memory of all slots it begins. */
  readonly offset: number;
  readonly memory: Uint8Array;
}

/**
 * The memory through which an image passes, slot by slot, and the two hashes that look at it as it does: of the whole
 * image and of each content. Where they have threads of their own, a slot is used again when both have seen it.
 */
export class Lanes {
  readonly #memory: Uint8Array;
  readonly #slotSize: number;
  readonly #image: HashLane | undefined;
  readonly #contents: HashLane | undefined;
  readonly #busy: Promise<unknown>[] = [];
  #next = 0;
  /** SHA-256 of the image in hex, after `finish`, if it was asked for. */
  imageDigest: string | undefined;

  constructor(plan: IsoPlan, hashImage: boolean, onContentDigest: OnDigest) {
    const hashContents = plan.extents.some((extent) => extent.digest !== undefined);
    const hashing = hashImage || hashContents;
    const slots = hashing ? 8 : 1;
    this.#slotSize = hashing ? 4 * stepSize : stepSize;
    const memory = new Uint8Array(new SharedArrayBuffer(slots * this.#slotSize));
    const lane = (onDigest: OnDigest) =>
      plan.size < worthThreads ? inlineLane(memory, onDigest) : workerLane(memory, onDigest);
    this.#memory = memory;
    this.#image = hashImage ? lane((hex) => (this.imageDigest = hex)) : undefined;
    this.#contents = hashContents ? lane(onContentDigest) : undefined;
  }

  /** The next slot, once it is free. Lets the event loop run now and then. */
  async nextSlot(): Promise<Slot> {
    const index = this.#next++ % (this.#memory.length / this.#slotSize);
    if (this.#next % 32 === 0) await setImmediate();
    await this.#busy[index];
    const offset = index * this.#slotSize;
    return { offset, memory: this.#memory.subarray(offset, offset + this.#slotSize) };
  }

  /** Hashes the first `length` bytes of a slot: as the image's next, and the parts of contents in them. */
  push(slot: Slot, length: number, contents: readonly HashPart[], last: boolean): void {
    const image = this.#image?.push([{ offset: slot.offset, length, last }]);
    const busy = Promise.all([image, contents.length > 0 ? this.#contents?.push(contents) : undefined]);
    busy.catch(() => {}); // Reported when the slot is awaited; by then something else may have failed first.
    this.#busy[slot.offset / this.#slotSize] = busy;
  }

  /** Waits for all that was pushed. */
  async finish(): Promise<void> {
    await Promise.all(this.#busy);
  }

  async close(): Promise<void> {
    await Promise.all([this.#image?.close(), this.#contents?.close()]);
  }
}
