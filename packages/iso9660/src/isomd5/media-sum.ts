import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import {
  APPLICATION_USE,
  encodeApplicationUse,
  FRAGMENT_COUNT,
  FRAGMENT_SUMS,
  SKIP_SECTORS,
} from './application-use.ts';

/** isomd5sum reads this much at a time (NUM_SYSTEM_SECTORS × SECTOR_SIZE), and takes fragment sums only in between. */
const STEP = 16 * 2048;

/** The MD5 of the first bytes of an image with its application-use field blanked, and the sums of its fragments. */
export interface FragmentedSum {
  readonly md5: string;
  /** By fragment number, from 1 on: the running sum where the fragment begins; absent where it has no beginning. */
  readonly fragments: ReadonlyMap<number, string>;
}

/**
 * The running sum, over the first `size` bytes of an image, of which it takes the bytes in order: what lies behind is
 * ignored. `fragments`: how many; 0 for none. Sums as validate_fragment() in isomd5sum's utilities.c makes them.
 */
export class RunningSum {
  readonly #hash: Hash = createHash('md5');
  readonly #size: number;
  readonly #fragmentSize: number;
  readonly #fragments = new Map<number, string>();
  readonly #charactersEach: number;
  #position = 0;
  #fragment = 0;

  constructor(size: number, fragments: number) {
    this.#size = size;
    this.#fragmentSize = fragments > 0 ? Math.floor(size / (fragments + 1)) : 0;
    this.#charactersEach = fragments > 0 ? Math.min(Math.floor(FRAGMENT_SUMS / fragments), 16) : 0;
  }

  update(bytes: Uint8Array): void {
    for (let rest = bytes.subarray(0, Math.max(0, this.#size - this.#position)); rest.length > 0;) {
      const part = rest.subarray(0, this.#nextStop() - this.#position);
      this.#hash.update(blanked(part, this.#position));
      this.#position += part.length;
      if (this.#position === this.#nextStop() || this.#position === this.#size) this.#endStep();
      rest = rest.subarray(part.length);
    }
  }

  digest(): FragmentedSum {
    return { md5: this.#hash.copy().digest('hex'), fragments: this.#fragments };
  }

  #step = 0;

  #nextStop(): number {
    return Math.min((this.#step + 1) * STEP, this.#size);
  }

  /** As there: the number of the fragment in which a step began, but the sum to the end of that step. */
  #endStep(): void {
    const fragment = this.#fragmentSize > 0 ? Math.floor((this.#step * STEP) / this.#fragmentSize) : 0;
    if (fragment !== this.#fragment) {
      this.#fragments.set(fragment, firstDigits(this.#hash.copy().digest(), this.#charactersEach));
      this.#fragment = fragment;
    }
    this.#step += 1;
  }
}

/** The first character of each of the first bytes in hexadecimal, written without a leading zero (its "%01x"). */
function firstDigits(digest: Buffer, count: number): string {
  return Array.from(digest.subarray(0, count), (byte) => byte.toString(16).slice(0, 1)).join('');
}

function blanked(bytes: Uint8Array, position: number): Uint8Array {
  const from = Math.max(0, APPLICATION_USE.offset - position);
  const to = Math.min(bytes.length, APPLICATION_USE.offset + APPLICATION_USE.size - position);
  return from < to ? new Uint8Array(bytes).fill(0x20, from, to) : bytes;
}

/**
 * The media check sums of an image that is being written: give it the bytes from the first on, then put
 * `applicationUse()` in their place. `imageSize`: the volume space size (ECMA-119 §8.4.8) in bytes.
 *
 * These are implantisomd5's own bytes, except in images below 718,848 bytes where that would write sums that checkisomd5
 * refuses: a fragment is then shorter than a read of theirs, and of those that are passed over no sum is written, so
 * that the others stand in wrong places. Here they stand where checkisomd5 looks.
 */
export class MediaSum {
  readonly #sum: RunningSum;
  readonly #supported: boolean;

  constructor(imageSize: number, options: { readonly supported?: boolean } = {}) {
    this.#sum = new RunningSum(imageSize - SKIP_SECTORS * 2048, FRAGMENT_COUNT);
    this.#supported = options.supported ?? false;
  }

  /** The next bytes of the image; what the application-use field holds does not matter. */
  update(bytes: Uint8Array): void {
    this.#sum.update(bytes);
  }

  /** The 512 bytes for `APPLICATION_USE.offset`. */
  applicationUse(): Uint8Array {
    const { md5, fragments } = this.#sum.digest();
    const blank = '0'.repeat(FRAGMENT_SUMS / FRAGMENT_COUNT);
    const last = Math.max(0, ...fragments.keys());
    const sums = Array.from({ length: last }, (_, index) => fragments.get(index + 1) ?? blank);
    return encodeApplicationUse(md5, sums.join(''), this.#supported);
  }
}
