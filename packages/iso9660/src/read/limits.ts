import { IsoError } from '../error.ts';

/** What a reader spends at most on one image: a hostile one must not cost more than its size lets expect. */
export interface IsoLimits {
  /** Files, folders and links in one listing, or records in the folders on the way to one path. */
  readonly entries: number;
  /** Folders below each other. */
  readonly depth: number;
  /** Bytes of directories and continuation areas read in one listing; eight times the image's size is a limit besides. */
  readonly metadataBytes: number;
  /** Volume descriptors (ECMA-119 §8). */
  readonly descriptors: number;
  /** Continuation areas (SUSP §5.1 CE) of one directory record. */
  readonly continuations: number;
  /** Bytes of one Rock Ridge name (NAME_MAX of the systems it is meant for). */
  readonly nameBytes: number;
  /** Bytes of the target of one symbolic link (PATH_MAX). */
  readonly targetBytes: number;
}

export const defaultLimits: IsoLimits = {
  entries: 1_000_000,
  depth: 255,
  metadataBytes: 2 * 1024 ** 3,
  descriptors: 64,
  continuations: 64,
  nameBytes: 255,
  targetBytes: 4096,
};

/** INGOT_ISO_LIMIT: more of something than the reader is willing to take. */
export function overLimit(what: string, limit: number, path?: string): IsoError {
  const help =
    'No sound image needs this much. If yours does, raise the limit in the options of openIso; else do not trust it.';
  const facts = { help, ...(path !== undefined && path !== '' && { path }) };
  return new IsoError('INGOT_ISO_LIMIT', `the image has more than ${limit} ${what}`, facts);
}

/** Counts what one listing or one look-up spends, and throws INGOT_ISO_LIMIT where it exceeds its limits. */
export class Budget {
  readonly limits: IsoLimits;
  readonly #metadataBytes: number;
  #entries = 0;
  #bytes = 0;

  /**
   * `size`: of the image, in bytes. In a sound image directories and continuation areas do not overlap, so together
   * they are smaller than it; reading in whole windows, and a moved directory twice, makes several times that.
   */
  constructor(limits: IsoLimits, size: number) {
    this.limits = limits;
    this.#metadataBytes = Math.min(limits.metadataBytes, 8 * size);
  }

  entry(): void {
    this.#entries += 1;
    if (this.#entries > this.limits.entries) throw overLimit('entries', this.limits.entries);
  }

  metadata(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#metadataBytes) throw overLimit('bytes of directories', this.#metadataBytes);
  }
}
