import { describe, expect, it } from 'vitest';
import { BlobStore } from './blob-store.ts';
import { firstOf } from './first-of.ts';
import { MemoryStore } from './memory-store.ts';
import { readBlob } from './read.ts';
import { testFolder } from './test/folder.ts';
import { keep } from './test/image.ts';
import { writeFileSync } from 'node:fs';

const at = testFolder();

describe('firstOf', () => {
  it('asks one place after the other', async () => {
    const [memory, disk, both] = [new MemoryStore(), new BlobStore(at('a')), new BlobStore(at('b'))];
    const one = await keep(memory, 'text/plain', Buffer.from('one'));
    const two = await keep(disk, 'text/plain', Buffer.from('two'));
    await keep(both, 'text/plain', Buffer.from('one'));
    await keep(both, 'text/plain', Buffer.from('two'));
    const places = firstOf([memory, disk, both]);
    expect(Buffer.from(await readBlob(places, two)).toString()).toBe('two');
    expect((await places.locate(two))?.path).toBe(disk.pathOf(two));
    // Memory holds it first, but only a file can be located.
    expect((await places.locate(one))?.path).toBe(both.pathOf(one));
    const three = await keep(new MemoryStore(), 'text/plain', Buffer.from('three'));
    expect(await places.exists(three)).toBe(false);
    expect(await places.locate(three)).toBeUndefined();
    await expect(readBlob(places, three)).rejects.toMatchObject({ code: 'INGOT_BLOB_MISSING', digest: three.digest });
    await expect(readBlob(places, three)).rejects.toThrow(`memory, ${at('a')}, ${at('b')}`);
  });

  it('names each place once, also those behind a place', () => {
    const cached = Object.assign(new MemoryStore(), { place: 'store, docker://registry.example/app' });
    const store = Object.assign(new MemoryStore(), { place: 'store' });
    expect(firstOf([cached, store]).place).toBe('store, docker://registry.example/app');
  });

  it('tells the place whose blob is wrong', async () => {
    const [first, second] = [new BlobStore(at('a')), new BlobStore(at('b'))];
    const one = await keep(first, 'text/plain', Buffer.from('one'));
    await keep(second, 'text/plain', Buffer.from('one'));
    writeFileSync(first.pathOf(one), 'eno');
    const places = firstOf([first, second]);
    await expect(readBlob(places, one)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(await first.exists(one)).toBe(false);
    expect(Buffer.from(await readBlob(places, one)).toString()).toBe('one');
  });
});
