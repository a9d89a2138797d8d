import { digestOf } from './digest.ts';
import { missingBlob, verified } from './read.ts';
import type { Descriptor } from './descriptor.ts';
import type { ByteRange, Ingester, Store } from './store.ts';

/** Blobs in memory: for tests, and for manifests on their way. */
export class MemoryStore implements Store, Ingester {
  readonly #blobs = new Map<string, Uint8Array>();

  async exists(descriptor: Descriptor): Promise<boolean> {
    return this.#blobs.get(descriptor.digest)?.length === descriptor.size;
  }

  async *fetch(descriptor: Descriptor, range?: ByteRange): AsyncIterable<Uint8Array> {
    const bytes = this.#blobs.get(descriptor.digest);
    if (bytes === undefined) throw missingBlob(descriptor, 'the store in memory');
    yield range === undefined ? bytes : bytes.subarray(range.offset, range.offset + range.length);
  }

  async push(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.#blobs.set(descriptor.digest, await collect(verified(descriptor, content)));
  }

  async ingest(mediaType: string, content: AsyncIterable<Uint8Array>): Promise<Descriptor> {
    return this.add(mediaType, await collect(content));
  }

  /** Keeps `bytes` and answers with their descriptor. */
  add(mediaType: string, bytes: Uint8Array): Descriptor {
    const digest = digestOf(bytes);
    this.#blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  }

  /** The digests of what is kept, sorted. */
  digests(): string[] {
    return [...this.#blobs.keys()].sort();
  }
}

async function collect(content: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  // Copied, since a producer may use its buffer again.
  for await (const part of content) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}
