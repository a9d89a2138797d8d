import { execFileSync } from 'node:child_process';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../tools/referee.ts';
import { digestOf } from './digest.ts';
import { docker, oci } from './media-type.ts';
import { MemoryStore } from './memory-store.ts';
import { recompress, recompressed, recompressTo } from './recompress.ts';
import type { Descriptor } from './descriptor.ts';

const tar = Buffer.alloc(3_000_000, 'a layer of somebody else ');

function foreign(store: MemoryStore, program: 'gzip' | 'zstd', mediaType: string): Descriptor {
  return store.add(mediaType, execFileSync(referee(program), ['-9', '-c'], { input: tar, maxBuffer: 2 ** 30 }));
}

describe('recompress', () => {
  it('turns any layer into our gzip, of the same family and with the same diff_id', async () => {
    const store = new MemoryStore();
    const cases: [Descriptor, string][] = [
      [foreign(store, 'zstd', oci.layerZstd), oci.layerGzip],
      [foreign(store, 'gzip', oci.layerGzip), oci.layerGzip],
      [foreign(store, 'gzip', docker.layerGzip), docker.layerGzip],
      [store.add(docker.layer, tar), docker.layerGzip],
    ];
    const digests = new Set<string>();
    for (const [from, mediaType] of cases) {
      const into = new MemoryStore();
      const { descriptor, diffId } = await recompress(store, from, into);
      expect({ mediaType: descriptor.mediaType, diffId }).toEqual({ mediaType, diffId: digestOf(tar) });
      const blob = await buffer(into.fetch(descriptor));
      expect(execFileSync(referee('gzip'), ['-dc'], { input: blob, maxBuffer: 2 ** 30 }).equals(tar)).toBe(true);
      digests.add(descriptor.digest);
    }
    expect(digests.size).toBe(1);
  });

  it('makes a layer again, and only that layer', async () => {
    const store = new MemoryStore();
    const from = foreign(store, 'zstd', oci.layerZstd);
    const { descriptor } = await recompress(store, from, new MemoryStore());
    const again = new MemoryStore();
    await recompressTo(store, from, descriptor, again);
    expect(again.digests()).toEqual([descriptor.digest]);
    expect(digestOf(await buffer(recompressed(store, from)))).toBe(descriptor.digest);
    const other = new MemoryStore();
    const wrong = recompressTo(store, from, descriptor, other, { level: 1 });
    await expect(wrong).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG', digest: descriptor.digest });
    expect(other.digests()).toEqual([]);
  });

  it('refuses what is wrong, broken, too large or no layer', async () => {
    const store = new MemoryStore();
    const into = new MemoryStore();
    const from = foreign(store, 'zstd', oci.layerZstd);
    const blob = await buffer(store.fetch(from));
    const failure = (layer: Descriptor, options = {}): Promise<unknown> =>
      recompress(store, layer, into, options).catch((error: unknown) => (error as { code?: string }).code);
    expect(await failure({ ...from, mediaType: oci.config })).toBe('INGOT_LAYER_TYPE');
    expect(await failure({ ...from, mediaType: docker.layerGzip })).toBe('INGOT_DECOMPRESS');
    expect(await failure(store.add(oci.layerZstd, blob.subarray(0, -9)))).toBe('INGOT_DECOMPRESS');
    expect(await failure(from, { limit: tar.length - 1 })).toBe('INGOT_DECOMPRESS_LIMIT');
    expect(await failure({ ...from, size: from.size + 1 })).toBe('INGOT_BLOB_WRONG');
    expect(await failure({ ...from, digest: digestOf(tar) })).toBe('INGOT_BLOB_MISSING');
    expect(into.digests()).toEqual([]);
  });
});
