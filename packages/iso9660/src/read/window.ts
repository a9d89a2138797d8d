import { SECTOR } from './field.ts';
import type { Budget } from './limits.ts';
import { checkWithin, readInto } from './random-access.ts';
import type { RandomAccess } from './random-access.ts';

const SIZE = 4 * SECTOR;

/** Small reads near each other cost one read of the image: the last 8 KiB that were read are kept. */
export class ReadWindow {
  readonly #image: RandomAccess;
  #start = 0;
  #bytes = new Uint8Array(0);

  constructor(image: RandomAccess) {
    this.#image = image;
  }

  /** Throws INGOT_ISO_TRUNCATED outside the image, INGOT_ISO_READ, INGOT_ISO_LIMIT. The bytes stay as they are after later calls. */
  async bytes(position: number, length: number, budget: Budget): Promise<Uint8Array> {
    checkWithin(this.#image, position, length);
    if (!this.#holds(position, length)) await this.#move(position, length, budget);
    return this.#bytes.subarray(position - this.#start, position - this.#start + length);
  }

  #holds(position: number, length: number): boolean {
    return position >= this.#start && position + length <= this.#start + this.#bytes.length;
  }

  async #move(position: number, length: number, budget: Budget): Promise<void> {
    const start = position - (position % SECTOR);
    const end = Math.max(Math.min(start + SIZE, this.#image.size), position + length);
    budget.metadata(end - start);
    const bytes = new Uint8Array(end - start);
    await readInto(this.#image, bytes, start);
    this.#start = start;
    this.#bytes = bytes;
  }
}
