import { readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BlobStore } from './blob-store.ts';
import { copy } from './copy.ts';
import { LayoutStore } from './layout-store.ts';
import { encodeJson } from './manifest.ts';
import { oci } from './media-type.ts';
import { MemoryStore } from './memory-store.ts';
import { matchesPlatform } from './platform.ts';
import { testFolder } from './test/folder.ts';
import { keep, makeImage, makeIndex } from './test/image.ts';
import type { Descriptor } from './descriptor.ts';
import type { Fetcher, ReceiveOptions, Received, Receiver, Store } from './store.ts';

const at = testFolder();
const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };

/** A store that notes what is pushed, in its order, and how many at once. */
class Noting implements Store {
  readonly inner = new MemoryStore();
  readonly pushed: string[] = [];
  running = 0;
  most = 0;
  exists = (descriptor: Descriptor): Promise<boolean> => this.inner.exists(descriptor);
  fetch = (descriptor: Descriptor): AsyncIterable<Uint8Array> => this.inner.fetch(descriptor);
  async push(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    this.most = Math.max(this.most, ++this.running);
    await new Promise((next) => setImmediate(next));
    await this.inner.push(descriptor, content);
    this.pushed.push(descriptor.digest);
    this.running -= 1;
  }
}

/** As a registry is: fetches blobs by itself, and a manifest that is there stands for all that it names. */
class Registry extends Noting implements Receiver {
  readonly holdsGraphs = true;
  readonly received: (readonly string[] | undefined)[] = [];
  async receive(descriptor: Descriptor, from: Fetcher, options: ReceiveOptions = {}): Promise<Received> {
    this.received.push(options.mountFrom);
    if (options.mountFrom?.includes('base')) return 'mounted';
    await this.push(descriptor, from.fetch(descriptor));
    options.onBytes?.(descriptor.size);
    return 'sent';
  }
}

describe('copy', () => {
  it('moves everything once, children before parents', async () => {
    const from = new MemoryStore();
    const one = await makeImage(from, { layers: ['gzip', 'none', 'zstd'] });
    const manifests = [one.root, one.root, { ...one.root, platform: amd64 }];
    const root = await keep(from, oci.index, encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests }));
    const to = new Noting();
    let bytes = 0;
    await copy(root, from, to, { concurrency: 2, onBytes: (more) => (bytes += more) });
    expect(to.inner.digests()).toEqual(from.digests());
    expect(to.pushed).toHaveLength(from.digests().length);
    expect(to.pushed.slice(-2)).toEqual([one.root.digest, root.digest]);
    expect(to.most).toBe(2);
    expect(bytes).toBe([root, one.root, one.config, ...one.layers].reduce((sum, { size }) => sum + size, 0));
    await copy(root, from, to, { onBytes: () => expect.unreachable() });
    expect(to.pushed).toHaveLength(from.digests().length);
  });

  it('lets a receiver fetch blobs by itself, and asks it for nothing below a manifest that it has', async () => {
    const from = new MemoryStore();
    const { root, layers, config } = await makeImage(from, { layers: ['gzip', 'none'] });
    const to = new Registry();
    const told = new Map<string, Received>();
    const onReceived = ({ digest }: Descriptor, how: Received) => void told.set(digest, how);
    const mountFrom = ({ digest }: Descriptor) => (digest === layers[0]!.digest ? ['base'] : []);
    await copy(root, from, to, { onReceived, mountFrom });
    expect(to.received).toHaveLength(3);
    expect([...told]).toEqual(
      expect.arrayContaining([
        [layers[0]!.digest, 'mounted'],
        [layers[1]!.digest, 'sent'],
        [config.digest, 'sent'],
        [root.digest, 'sent'],
      ]),
    );
    told.clear();
    await copy(root, new MemoryStore(), to, { onReceived });
    expect([...told]).toEqual([[root.digest, 'present']]);
  });

  it('leaves the root to who will push it by a tag', async () => {
    const from = new MemoryStore();
    const { root, layers, config } = await makeImage(from);
    const to = new Registry();
    await copy(root, from, to, { withoutRoot: true });
    expect(to.inner.digests()).toEqual([config, ...layers].map(({ digest }) => digest).sort());
  });

  it('fills in what is missing below a manifest that is there', async () => {
    const from = new MemoryStore();
    const { root } = await makeImage(from);
    const to = new MemoryStore();
    await to.push(root, from.fetch(root));
    await copy(root, from, to);
    expect(to.digests()).toEqual(from.digests());
  });

  it('leaves out other platforms, and what is inherited', async () => {
    const from = new MemoryStore();
    const root = await makeIndex(from, [amd64, arm64]);
    const to = new MemoryStore();
    await copy(root, from, to, {
      filter: ({ platform }) => platform !== undefined && matchesPlatform(arm64, platform),
    });
    expect(to.digests()).toHaveLength(4);
    const sparse = new MemoryStore();
    await copy(root, from, sparse, { skip: ({ mediaType }) => mediaType === oci.layerGzip });
    expect(sparse.digests()).toHaveLength(5);
  });

  it.each([
    ['truncated', 'INGOT_BLOB_WRONG', (path: string) => truncateSync(path, 20)],
    ['changed', 'INGOT_BLOB_WRONG', (path: string) => changeByte(path)],
    ['missing', 'INGOT_BLOB_MISSING', (path: string) => rmSync(path)],
  ])('stops at a blob that is %s, and pushes no manifest over it', async (_, code, harm) => {
    const from = new LayoutStore(at('from'));
    const { root, layers } = await makeImage(from, { layers: ['gzip', 'gzip'] });
    const bad = layers[1] ?? root;
    harm(from.pathOf(bad));
    const to = new LayoutStore(at('to'));
    const copying = copy(root, from, to);
    await expect(copying).rejects.toMatchObject({ code, digest: bad.digest });
    expect(await to.exists(root)).toBe(false);
    expect(await to.exists(bad)).toBe(false);
    expect(readdirSync(at('to'))).toEqual(['blobs']);
  });

  it('tells a cache that its blob is wrong, which drops it', async () => {
    const from = new BlobStore(at('from'));
    const { root, layers } = await makeImage(from);
    const bad = layers[0] ?? root;
    changeByte(from.pathOf(bad));
    await expect(copy(root, from, new MemoryStore())).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(await from.exists(bad)).toBe(false);
  });

  it('ends where indexes are nested without an end in sight', async () => {
    const from = new MemoryStore();
    let root = await makeIndex(from, [amd64]);
    for (let depth = 0; depth < 20; depth += 1) {
      const manifests = Array<Descriptor>(50).fill(root);
      root = await keep(from, oci.index, encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests }));
      if (depth === 5) await copy(root, from, new MemoryStore());
    }
    await expect(copy(root, from, new MemoryStore())).rejects.toMatchObject({ code: 'INGOT_MANIFEST' });
  });
});

function changeByte(path: string): void {
  writeFileSync(path, 'x', { flag: 'r+' });
}
