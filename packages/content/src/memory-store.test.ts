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

  it('does not change with the buffer that it was given', async () => {
    const buffer = Buffer.from(bytes);
    const store = new MemoryStore();
    await store.push(descriptor, contentOf(buffer));
    buffer.fill(0);
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
  it('ends as soon as there is too much', async () => {
    const endless = async function* (): AsyncGenerator<Uint8Array> {
      for (;;) yield bytes;
    };
    await expect(collect(verified(descriptor, endless()))).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
  });
});
