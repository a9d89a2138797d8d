import { MemoryStore, digestOf, encodeJson, oci } from '@ingot/content';
import type { Descriptor, Fetcher } from '@ingot/content';

/** Bytes that look like nothing, the same each time. */
export function someBytes(size: number, seed = 1): Buffer {
  const bytes = Buffer.alloc(size);
  let state = seed;
  for (let index = 0; index < size; index += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    bytes[index] = state >>> 16;
  }
  return bytes;
}

export function descriptorOf(bytes: Uint8Array, mediaType: string = oci.layer): Descriptor {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** A fetcher that gives these bytes for whatever is asked of it, in pieces, and notes what was asked. */
export class Giving implements Fetcher {
  readonly asked: number[] = [];
  rejected = 0;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  async exists(): Promise<boolean> {
    return true;
  }

  fetch(_descriptor: Descriptor, range?: { offset: number; length: number }) {
    this.asked.push(range?.offset ?? 0);
    const part = range === undefined ? this.#bytes : this.#bytes.subarray(range.offset, range.offset + range.length);
    return {
      async *[Symbol.asyncIterator]() {
        for (let at = 0; at < part.length; at += 65_536) yield part.subarray(at, at + 65_536);
      },
      reject: async () => void (this.rejected += 1),
    };
  }
}

/** An image of these layers, in memory. */
export async function imageOf(...layers: readonly Uint8Array[]) {
  const store = new MemoryStore();
  const named = layers.map((bytes) => store.add(oci.layer, bytes));
  const config = store.add(
    oci.config,
    encodeJson({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: named.map(({ digest }) => digest) },
    }),
  );
  const bytes = encodeJson({ schemaVersion: 2, mediaType: oci.manifest, config, layers: named });
  return { store, root: store.add(oci.manifest, bytes), bytes, layers: named, config };
}

/** All bytes of an iterable. */
export async function bytesOf(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(content));
}
