import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { digestOf } from '../digest.ts';
import { LayoutStore } from '../layout-store.ts';
import { MemoryStore } from '../memory-store.ts';
import { createLayer } from './layer.ts';
import type { LayerEntry } from './entry.ts';
import type { Ingester } from '../store.ts';

const owner = { mode: 0o644, uid: 0, gid: 0 };

function file(path: string, content: Uint8Array): LayerEntry {
  return { type: 'file', path, ...owner, size: content.length, content };
}

const entries: LayerEntry[] = [
  file('etc/motd', Buffer.from('hello\n')),
  file('usr/share/big', Buffer.alloc(3_000_000, 'All work and no play makes Jack a dull boy. ')),
  { type: 'symlink', path: 'motd', ...owner, mode: 0o777, target: 'etc/motd' },
  { type: 'hardlink', path: 'a', ...owner, target: 'etc/motd' },
  { type: 'directory', path: 'tmp', ...owner, mode: 0o1777 },
];

describe('createLayer', () => {
  /** What a changed digest means for users: see the golden digests of compress. */
  it('makes the same digests for ever', async () => {
    const store = new MemoryStore();
    const gzip = await createLayer(entries, { mtime: 0 }, store);
    const zstd = await createLayer(entries, { mtime: 0, compression: 'zstd' }, store);
    const none = await createLayer(entries, { mtime: 0, compression: 'none' }, store);
    expect([none.diffId, gzip.descriptor.digest, zstd.descriptor.digest]).toEqual([
      'sha256:632bbdd9bc0593746962d3f38e4a7b066a87636c5d2f654ddeb97939278edae1',
      'sha256:c093985e2450960262022c801b39e656a6b1716bff89767a7f266ddb7e68b33c',
      'sha256:bfd0d5e6a8359d3182db454ef69205d4e280ee0fcf80af734836ec8fd2844dd9',
    ]);
    expect([gzip.diffId, zstd.diffId, none.descriptor.digest]).toEqual([none.diffId, none.diffId, none.diffId]);
    expect([gzip, zstd, none].map((layer) => layer.descriptor.mediaType)).toEqual([
      'application/vnd.oci.image.layer.v1.tar+gzip',
      'application/vnd.oci.image.layer.v1.tar+zstd',
      'application/vnd.oci.image.layer.v1.tar',
    ]);
  });

  it.each(['gzip', 'zstd'] as const)('says of a %s layer what the foreign program finds', async (compression) => {
    const store = new MemoryStore();
    const { descriptor, diffId, uncompressedSize } = await createLayer(entries, { mtime: 0, compression }, store);
    const blob = await buffer(store.fetch(descriptor));
    expect(descriptor).toMatchObject({ digest: digestOf(blob), size: blob.length });
    const tar = execFileSync(referee(compression), ['-dc'], { input: blob, maxBuffer: 2 ** 30 });
    expect({ diffId, uncompressedSize }).toEqual({ diffId: digestOf(tar), uncompressedSize: tar.length });
  });

  it('depends on neither the order of the entries nor the workers, but on time and level', async () => {
    const digest = async (given: LayerEntry[], options: object = {}): Promise<string> =>
      (await createLayer(given, { mtime: 0, ...options }, new MemoryStore())).descriptor.digest;
    const expected = await digest(entries);
    expect(await digest(entries.toReversed())).toBe(expected);
    expect(await digest(entries, { workers: 0 })).toBe(expected);
    expect(await digest(entries, { workers: 3 })).toBe(expected);
    expect(await digest(entries, { mtime: 1 })).not.toBe(expected);
    expect(await digest(entries, { level: 1 })).not.toBe(expected);
  });

  it('makes an empty layer', async () => {
    const store = new MemoryStore();
    const { descriptor, uncompressedSize } = await createLayer([], { mtime: 0 }, store);
    expect(uncompressedSize).toBe(1024);
    execFileSync(referee('tar'), ['-tzf', '-'], { input: await buffer(store.fetch(descriptor)) });
  });
});

describe('createLayer, when it goes wrong', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ingot-layer-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('throws what the store throws, in the middle of the bytes', async () => {
    const full = new Error('no space left on device');
    const store: Ingester = {
      async ingest(_mediaType, content) {
        for await (const part of content) if (part.length > 0) throw full;
        throw new Error('there were no bytes');
      },
    };
    await expect(createLayer(entries, { mtime: 0 }, store)).rejects.toBe(full);
  });

  it('leaves nothing behind when a file has gone', async () => {
    const path = join(folder, 'gone');
    const gone: LayerEntry = { type: 'file', path: 'zzz', ...owner, size: 5, content: { path, offset: 0, size: 5 } };
    const store = new LayoutStore(join(folder, 'layout'));
    const creating = createLayer([...entries, gone], { mtime: 0 }, store);
    await expect(creating).rejects.toMatchObject({ code: 'INGOT_LAYER_FILE', path });
    const left = await readdir(folder, { recursive: true, withFileTypes: true });
    expect(left.filter((entry) => entry.isFile())).toEqual([]);
  });
});
