import { createHash } from 'node:crypto';
import { decompress } from '@ingot/content';
import type { IsoEntry, IsoImage } from '@ingot/iso9660';

/** What reading a file's bytes once told. */
export interface FileFacts {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** The first bytes, at most 16. */
  readonly head: Uint8Array;
  /** Of the decompressed bytes, where that was asked for; an Error where they are not sound gzip, or too many. */
  readonly diffId?: string | Error;
}

export interface ContentsOptions {
  /** Called with the size of each piece that was read. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** The most bytes that a layer may have unpacked. Default 64 GiB. */
  readonly unpackLimit?: number | undefined;
}

/** No layer of an honest image is larger. */
const largestLayer = 64 * 1024 ** 3;

/** Reads files of an image, each place of it once, whoever asks. */
export class Contents {
  readonly #image: IsoImage;
  readonly #onBytes: ((bytes: number) => void) | undefined;
  readonly #unpackLimit: number;
  readonly #facts = new Map<string, Promise<FileFacts>>();

  constructor(image: IsoImage, { onBytes, unpackLimit = largestLayer }: ContentsOptions = {}) {
    this.#image = image;
    this.#onBytes = onBytes;
    this.#unpackLimit = unpackLimit;
  }

  /** `unpack`: also the digest of what is in the gzip stream. */
  facts(entry: IsoEntry, unpack = false): Promise<FileFacts> {
    const key = `${place(entry)}${unpack ? ' unpacked' : ''}`;
    let facts = this.#facts.get(key);
    if (facts === undefined) {
      facts = this.#read(entry, unpack);
      this.#facts.set(key, facts);
    }
    return facts;
  }

  /** A small file as bytes; undefined where it has more than `limit` bytes. */
  async bytes(entry: IsoEntry, limit: number): Promise<Uint8Array | undefined> {
    if (entry.size > limit) return undefined;
    const parts: Uint8Array[] = [];
    for await (const part of this.#image.read(entry)) parts.push(part);
    return Buffer.concat(parts);
  }

  async #read(entry: IsoEntry, unpack: boolean): Promise<FileFacts> {
    const hash = createHash('sha256');
    let head: Uint8Array = new Uint8Array(0);
    const tally = async function* (this: Contents): AsyncGenerator<Uint8Array> {
      for await (const part of this.#image.read(entry)) {
        if (head.length === 0) head = part.slice(0, 16);
        hash.update(part);
        this.#onBytes?.(part.length);
        yield part;
      }
    }.bind(this);
    if (!unpack) {
      for await (const part of tally()) void part;
      return { digest: `sha256:${hash.digest('hex')}`, head };
    }
    const diffId = await gunzippedDigest(tally(), this.#unpackLimit);
    if (diffId instanceof Error) return { ...(await this.facts(entry)), diffId };
    return { digest: `sha256:${hash.digest('hex')}`, head, diffId };
  }
}

/** Where a file's bytes lie: equal for two files that share their extents. */
export function place(entry: IsoEntry): string {
  return entry.extents.map(({ sector, size }) => `${sector}+${size}`).join(' ');
}

async function gunzippedDigest(content: AsyncIterable<Uint8Array>, limit: number): Promise<string | Error> {
  const hash = createHash('sha256');
  try {
    for await (const part of decompress(content, 'gzip', { limit })) hash.update(part);
    return `sha256:${hash.digest('hex')}`;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'INGOT_DECOMPRESS' || code === 'INGOT_DECOMPRESS_LIMIT') return error as Error;
    throw error;
  }
}
