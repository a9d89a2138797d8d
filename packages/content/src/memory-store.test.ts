import { describe, expect, it } from 'vitest';
import { MemoryStore } from './memory-store.ts';
import { readBlob, verified } from './read.ts';
import { digestOf } from './digest.ts';
import { collect, contentOf } from './test/image.ts';

const bytes = Buffer.from('some bytes');
const descriptor = { mediaType: 'text/plain', digest: digestOf(bytes), size: bytes.length };

describe('MemoryStore', () => {
  it('keeps what is right', async () => {
    const store = new MemoryStore();
    expect(await store.exists(descriptor)).toBe(false);
    await store.push(descriptor, contentOf(bytes.subarray(0, 3), bytes.subarray(3)));
    expect(await store.exists(descriptor)).toBe(true);
    expect(await collect(store.fetch(descriptor))).toEqual(bytes);
    expect((await collect(store.fetch(descriptor, { offset: 5, length: 3 }))).toString()).toBe('byt');
    expect(store.digests()).toEqual([descriptor.digest]);
    expect(await new MemoryStore().ingest('text/plain', contentOf(bytes))).toEqual(descriptor);
  });

  it('refuses what is wrong', async () => {
    const store = new MemoryStore();
    for (const wrong of ['other byte', 'short', 'longer than it']) {
      const pushing = store.push(descriptor, contentOf(Buffer.from(wrong)));
      await expect(pushing, wrong).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG', digest: descriptor.digest });
    }
    expect(store.digests()).toEqual([]);
    await expect(collect(store.fetch(descriptor))).rejects.toMatchObject({ code: 'INGOT_BLOB_MISSING' });
  });

  it('copies what it is given: a producer may use its buffer again', async () => {
    const reusing = async function* (): AsyncGenerator<Uint8Array> {
      const buffer = Buffer.alloc(5);
      for (const start of [0, 5]) {
        bytes.copy(buffer, 0, start, start + 5);
        yield buffer;
      }
      buffer.fill(0);
    };
    const store = new MemoryStore();
    await store.push(descriptor, reusing());
    expect(await collect(store.fetch(descriptor))).toEqual(bytes);
  });
});

describe('readBlob', () => {
  it('does not read more than it may', async () => {
    const store = new MemoryStore();
    await store.push(descriptor, contentOf(bytes));
    await expect(readBlob(store, descriptor, { limit: 9 })).rejects.toMatchObject({ code: 'INGOT_BLOB_LIMIT' });
    expect(await readBlob(store, descriptor, { limit: 10 })).toHaveLength(10);
    const huge = { ...descriptor, size: 2 ** 40 };
    await expect(readBlob(store, huge)).rejects.toMatchObject({ code: 'INGOT_BLOB_LIMIT' });
  });
});

describe('verified', () => {
  it('says what is wrong', async () => {
    const verifying = (text: string): Promise<unknown> => collect(verified(descriptor, contentOf(Buffer.from(text))));
    await expect(verifying('short')).rejects.toThrow('has 5 bytes, not 10');
    await expect(verifying('longer than it')).rejects.toThrow('more than the 10 bytes');
    await expect(verifying('other byte')).rejects.toThrow('has the digest sha256:');
  });

  it('ends as soon as there is too much', async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield bytes;
    };
    await expect(collect(verified(descriptor, endless()))).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
  });
});
