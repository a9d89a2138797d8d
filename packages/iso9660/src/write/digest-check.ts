import { IsoError } from '../error.ts';
import type { IsoPlanExtent } from '../plan/plan.ts';
import type { HashPart } from './hash-lane.ts';
import type { ContentPart } from './image-reader.ts';

/** Compares digests, as they arrive, with those that the extents were planned with. */
export class DigestCheck {
  readonly #expected: IsoPlanExtent[] = [];
  #failure: IsoError | undefined;

  /** What is to be hashed of `parts`, whose offsets count from `base`; the digests must then arrive in this order. */
  partsToHash(parts: readonly ContentPart[], base = 0): HashPart[] {
    const wanted = parts.filter((part) => part.extent.digest !== undefined);
    for (const part of wanted) if (part.last) this.#expected.push(part.extent);
    return wanted.map(({ offset, length, last }) => ({ offset: base + offset, length, last }));
  }

  /** Takes a digest in hex. */
  arrive(hex: string): void {
    const extent = this.#expected.shift();
    const actual = `sha256:${hex}`;
    if (extent === undefined || extent.digest === actual) return;
    this.#failure ??= new IsoError(
      'INGOT_ISO_CONTENT_DIGEST',
      `the content of ${JSON.stringify(extent.path)} should be ${extent.digest}, but is ${actual}`,
      {
        path: extent.path,
        digest: extent.digest ?? '',
        help: 'The content was damaged or replaced after the plan was made: fetch or build it again.',
      },
    );
  }

  /** Throws INGOT_ISO_CONTENT_DIGEST if a digest that has arrived is another than planned. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
