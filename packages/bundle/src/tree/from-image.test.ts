import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { encodeJson, exportLayout, MemoryStore, oci } from '@ingot/content';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { treeOfFolder } from './from-folder.ts';
import { treeOfImage } from './from-image.ts';
import { imageOf } from './test/image-of.ts';
import { tarOf, type SampleMember } from './test/tar-of.ts';
import type { BundleTree } from './tree.ts';

async function unpack(...layers: readonly (readonly SampleMember[])[]): Promise<BundleTree> {
  const { store, root } = imageOf(layers.map(tarOf));
  return treeOfImage(store, root);
}

const paths = ({ entries }: BundleTree): string[] => [...entries.keys()];
const text = ({ entries }: BundleTree, path: string): string | undefined => {
  const entry = entries.get(path);
  return entry?.type === 'file' && entry.content ? Buffer.from(entry.content).toString() : undefined;
};

const lower: readonly SampleMember[] = [
  { path: 'manifests/', type: '5' },
  { path: 'manifests/a.yaml', content: 'a' },
  { path: 'manifests/b.yaml', content: 'b' },
  { path: 'docs/deep/c.txt', content: 'c' },
];

describe('layers', () => {
  it('are laid over each other', async () => {
    const tree = await unpack(lower, [{ path: './manifests//a.yaml', content: 'new', mode: 0o600 }]);
    expect(paths(tree)).toEqual([
      'docs',
      'docs/deep',
      'docs/deep/c.txt',
      'manifests',
      'manifests/a.yaml',
      'manifests/b.yaml',
    ]);
    expect(text(tree, 'manifests/a.yaml')).toBe('new');
    expect(tree.entries.get('manifests/a.yaml')?.mode).toBe(0o600);
    expect(tree.entries.get('docs')).toEqual({ path: 'docs', type: 'directory', mode: 0o755 });
  });

  it('delete files and folders of those below', async () => {
    const tree = await unpack(lower, [{ path: 'manifests/.wh.a.yaml' }, { path: '.wh.docs' }]);
    expect(paths(tree)).toEqual(['manifests', 'manifests/b.yaml']);
  });

  it('hide all that is below in a folder, wherever they say so', async () => {
    const tree = await unpack(lower, [
      { path: 'manifests/new.yaml' },
      { path: 'manifests/.wh..wh..opq' },
      { path: 'manifests/newer.yaml' },
    ]);
    expect(paths(tree)).toEqual([
      'docs',
      'docs/deep',
      'docs/deep/c.txt',
      'manifests',
      'manifests/new.yaml',
      'manifests/newer.yaml',
    ]);
  });

  it('make files of folders, folders of files', async () => {
    const tree = await unpack(lower, [
      { path: 'docs', content: 'file' },
      { path: 'manifests/a.yaml/', type: '5' },
    ]);
    expect(paths(tree)).toEqual(['docs', 'manifests', 'manifests/a.yaml', 'manifests/b.yaml']);
    expect(tree.entries.get('manifests/a.yaml')?.type).toBe('directory');
  });

  it('have hard links, links and what is no file', async () => {
    const tree = await unpack(lower, [
      { path: 'manifests/hard', type: '1', target: '/manifests/a.yaml' },
      { path: 'manifests/soft', type: '2', target: 'a.yaml' },
      { path: 'manifests/device', type: '3' },
      { path: 'manifests/pipe', type: '6' },
    ]);
    expect(text(tree, 'manifests/hard')).toBe('a');
    expect(tree.entries.get('manifests/soft')).toMatchObject({ type: 'symlink', target: 'a.yaml' });
    expect(tree.entries.get('manifests/device')?.type).toBe('other');
    expect(tree.entries.get('manifests/pipe')?.type).toBe('other');
  });

  it('are unpacked through the links of those below, within the root', async () => {
    const tree = await unpack(
      [...lower, { path: 'link', type: '2', target: '/../manifests' }],
      [{ path: 'link/c.yaml', content: 'c' }],
    );
    expect(text(tree, 'manifests/c.yaml')).toBe('c');
    expect(tree.entries.get('link')?.type).toBe('symlink');
  });

  it('become what umoci makes of them', async () => {
    const { store, root } = imageOf([
      tarOf([...lower, { path: 'link', type: '2', target: 'manifests' }, { path: 'x/y/z', content: 'z' }]),
      tarOf([
        { path: 'manifests/.wh.a.yaml' },
        { path: 'x/', type: '5', mode: 0o700 },
        { path: 'x/.wh..wh..opq' },
        { path: 'x/w', content: 'w', mode: 0o600 },
        { path: 'docs/deep/hard', type: '1', target: 'docs/deep/c.txt' },
      ]),
    ]);
    const folder = await mkdtemp(join(tmpdir(), 'ingot-bundle-'));
    try {
      const layout = join(folder, 'layout');
      await exportLayout(root, store, layout, { reference: '1.0' });
      execFileSync(referee('umoci'), ['unpack', '--rootless', '--image', `${layout}:1.0`, join(folder, 'out')], {
        stdio: 'pipe',
      });
      const { entries } = await treeOfFolder(join(folder, 'out/rootfs'));
      expect((await treeOfImage(store, root)).entries).toEqual(entries);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

it('unpacks the same, however the bytes come', async () => {
  const members = [
    ...lower,
    { path: 'manifests/large', content: 'abc'.repeat(3000) },
    { path: 'last', content: 'end' },
  ];
  const { store, root } = imageOf([tarOf(members)], { layerType: oci.layer });
  const expected = await treeOfImage(store, root);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), async (sizes) => {
      const fetch = (one: typeof root) => inPieces(store.fetch(one), sizes);
      expect(await treeOfImage({ exists: () => Promise.resolve(true), fetch }, root)).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

describe('an image', () => {
  it('has labels and media types', async () => {
    const { store, root } = imageOf([tarOf(lower)], { labels: { a: 'b' } });
    const { labels, mediaTypes } = await treeOfImage(store, root);
    expect(labels).toEqual({ a: 'b' });
    expect(mediaTypes).toEqual([oci.manifest, oci.config, oci.layerGzip]);
  });

  it('is read by the first bytes of its layers', async () => {
    const tar = tarOf(lower);
    for (const layer of [tar, zstdCompressSync(tar)]) {
      const { store, root } = imageOf([layer], { layerType: 'application/x-anything' });
      expect((await treeOfImage(store, root)).entries.size).toBe(6);
    }
  });

  it('may be an artifact, which has no labels', async () => {
    const { store, root } = imageOf([tarOf(lower)], { configType: oci.empty });
    expect((await treeOfImage(store, root)).labels).toEqual({});
  });

  it('of an index is the first for linux/amd64, or without a platform', async () => {
    const store = new MemoryStore();
    const images = ['arm64', 'amd64'].map((architecture) => {
      const { root } = imageOf([tarOf([{ path: architecture }])], { store, architecture });
      return { ...root, platform: { os: 'linux', architecture } };
    });
    const index = (manifests: readonly object[]) => store.add(oci.index, encodeJson({ schemaVersion: 2, manifests }));
    expect(paths(await treeOfImage(store, index(images)))).toEqual(['amd64']);
    const nameless = { ...images[0], platform: undefined };
    expect(paths(await treeOfImage(store, index([nameless])))).toEqual(['arm64']);
    expect(paths(await treeOfImage(store, index([index(images)])))).toEqual(['amd64']);
    await expect(treeOfImage(store, index(images.slice(0, 1)))).rejects.toMatchObject({ code: 'INGOT_BUNDLE_IMAGE' });
  });
});

describe('refuses', () => {
  it.each<[what: string, members: readonly SampleMember[], code: string]>([
    ['a path that leads out', [{ path: '../a' }], 'INGOT_BUNDLE_LAYER'],
    ['a path that goes up and down', [{ path: 'a/../b' }], 'INGOT_BUNDLE_LAYER'],
    ['a file in a file', [{ path: 'a' }, { path: 'a/b' }], 'INGOT_BUNDLE_LAYER'],
    ['a hard link to nothing', [{ path: 'a', type: '1', target: 'b' }], 'INGOT_BUNDLE_LAYER'],
    [
      'a hard link to a folder',
      [
        { path: 'b/', type: '5' },
        { path: 'a', type: '1', target: 'b' },
      ],
      'INGOT_BUNDLE_LAYER',
    ],
    ['a hard link that leads out', [{ path: 'a', type: '1', target: '../b' }], 'INGOT_BUNDLE_LAYER'],
    ['links in a circle', [{ path: 'a', type: '2', target: 'a' }, { path: 'a/b' }], 'INGOT_BUNDLE_LAYER'],
    ['a link whose target no system takes', [...longLink(4096)], 'INGOT_BUNDLE_LAYER'],
    ['a type that nobody knows', [{ path: 'a', type: 'Z' }], 'INGOT_BUNDLE_LAYER'],
  ])('%s', async (_, members, code) => {
    await expect(unpack(members)).rejects.toMatchObject({ code });
  });

  it('no link whose target is as long as it may be', async () => {
    expect((await unpack(longLink(4095))).entries.get('a')).toMatchObject({ target: `./${'x'.repeat(4093)}` });
  });

  it('what would fill the memory', async () => {
    const tar = tarOf(lower);
    const { store, root } = imageOf([tar, Buffer.concat([tar, Buffer.alloc(100_000)])]);
    const tried = (bytes: number, entries: number) => treeOfImage(store, root, { bytes, entries });
    const size = 2 * tar.length + 100_000;
    expect((await tried(size, 8)).entries.size).toBe(6);
    await expect(tried(size - 1, 8)).rejects.toMatchObject({ code: 'INGOT_DECOMPRESS_LIMIT' });
    await expect(tried(size, 7)).rejects.toMatchObject({ code: 'INGOT_BUNDLE_LIMIT' });
    await expect(tried(100, 8)).rejects.toMatchObject({ code: 'INGOT_BUNDLE_LIMIT' });
  });

  it('a layer that is no tar, ends early, or is another', async () => {
    const unpackBytes = async (bytes: Uint8Array) => {
      const { store, root } = imageOf([bytes], { layerType: oci.layer });
      return treeOfImage(store, root);
    };
    await expect(unpackBytes(Buffer.from('{}'))).rejects.toMatchObject({ code: 'INGOT_TAR' });
    await expect(unpackBytes(tarOf([{ path: 'a', content: 'abc' }]).subarray(0, 514))).rejects.toMatchObject({
      code: 'INGOT_BUNDLE_LAYER',
    });
    const { store, root } = imageOf([tarOf(lower)], { layerType: oci.layer });
    const wrong = new MemoryStore();
    for await (const part of store.fetch(root)) wrong.add(oci.manifest, part);
    await expect(treeOfImage(wrong, root)).rejects.toMatchObject({ code: 'INGOT_BLOB_MISSING' });
    const lying = {
      exists: () => Promise.resolve(true),
      fetch: (one: typeof root) => (one.mediaType === oci.layer ? lie() : store.fetch(one)),
    };
    await expect(treeOfImage(lying, root)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
  });
});

/** With its target in a header of pax, where there is room for it. */
function longLink(length: number): readonly SampleMember[] {
  const target = `./${'x'.repeat(length - 2)}`;
  const record = ` linkpath=${target}\n`;
  const size = record.length + 4;
  return [
    { path: 'pax', type: 'x', content: `${size}${record}` },
    { path: 'a', type: '2' },
  ];
}

async function* lie(): AsyncGenerator<Uint8Array, void, undefined> {
  yield tarOf([...lower].reverse());
}

async function* inPieces(
  content: AsyncIterable<Uint8Array>,
  sizes: readonly number[],
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of content) {
    let start = 0;
    for (let i = 0; start < bytes.length; i += 1) {
      const size = sizes[i % sizes.length] ?? 1;
      yield bytes.subarray(start, start + size);
      start += size;
    }
  }
}
