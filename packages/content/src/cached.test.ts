import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BlobStore } from './blob-store.ts';
import { cachedIn } from './cached.ts';
import { MemoryStore } from './memory-store.ts';
import { readBlob } from './read.ts';
import { testFolder } from './test/folder.ts';
import { keep } from './test/image.ts';
import type { Descriptor } from './descriptor.ts';

const at = testFolder();

/** An origin that counts what it is asked for. */
class Counting extends MemoryStore {
  fetched = 0;
  override fetch(descriptor: Descriptor): AsyncIterable<Uint8Array> {
    this.fetched += 1;
    return super.fetch(descriptor);
  }
}

describe('cachedIn', () => {
  it('fetches a blob once, and keeps it', async () => {
    const [origin, store] = [new Counting(), new BlobStore(at('store'))];
    const one = await keep(origin, 'text/plain', Buffer.from('one'));
    const cached = cachedIn(store, origin);
    expect(await cached.exists(one)).toBe(true);
    expect(await cached.locate(one)).toBeUndefined();
    expect(origin.fetched).toBe(0);
    const all = await Promise.all([1, 2, 3].map(() => readBlob(cached, one)));
    expect(all.map((bytes) => Buffer.from(bytes).toString())).toEqual(['one', 'one', 'one']);
    expect(origin.fetched).toBe(1);
    expect((await cached.locate(one))?.path).toBe(store.pathOf(one));
  });

  it('keeps nothing that is wrong, and fetches again what became wrong', async () => {
    const [origin, store] = [new Counting(), new BlobStore(at('store'))];
    const one = await keep(origin, 'text/plain', Buffer.from('one'));
    const cached = cachedIn(store, origin);
    const liar = { exists: async () => true, fetch: () => origin.fetch(one) };
    const other = { ...one, digest: `sha256:${'0'.repeat(64)}` };
    await expect(readBlob(cachedIn(store, liar), other)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(await store.exists(other)).toBe(false);

    await readBlob(cached, one);
    writeFileSync(store.pathOf(one), 'eno');
    await expect(readBlob(cached, one)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(Buffer.from(await readBlob(cached, one)).toString()).toBe('one');
  });

  it('names both places where a blob is missing', async () => {
    const origin = Object.assign(new MemoryStore(), { place: 'docker://registry.example/app' });
    const gone = await keep(new MemoryStore(), 'text/plain', Buffer.from('gone'));
    const cached = cachedIn(new BlobStore(at('store')), origin);
    expect(cached.place).toBe(`${at('store')}, docker://registry.example/app`);
    await expect(readBlob(cached, gone)).rejects.toMatchObject({ code: 'INGOT_BLOB_MISSING' });
  });
});
