import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { LayoutStore } from './layout-store.ts';
import { encodeJson } from './manifest.ts';
import { oci } from './media-type.ts';
import { testFolder } from './test/folder.ts';
import { keep, makeImage, makeIndex, makeTar, squeeze } from './test/image.ts';
import { validate } from './validate.ts';
import type { Descriptor } from './descriptor.ts';
import type { Finding } from './validate.ts';

const at = testFolder();
const amd64 = { os: 'linux', architecture: 'amd64' };

async function findings(layout: LayoutStore, root: Descriptor): Promise<Finding[]> {
  const all = [];
  for await (const finding of validate(layout, root)) all.push(finding);
  return all;
}

describe('validate', () => {
  it('finds nothing wrong with sound images', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root } = await makeImage(layout, { layers: ['none', 'gzip', 'zstd'] });
    expect(await findings(layout, root)).toEqual([]);
    const docker = await makeImage(layout, { layers: ['none', 'gzip'], family: 'docker' });
    expect(await findings(layout, docker.root)).toEqual([]);
    expect(await findings(layout, await makeIndex(layout, [amd64, { os: 'linux', architecture: 'arm64' }]))).toEqual(
      [],
    );
  });

  it.each<[string, string, (path: string) => void]>([
    ['missing', 'INGOT_BLOB_MISSING', (path) => rmSync(path)],
    ['truncated', 'INGOT_BLOB_WRONG', (path) => truncateSync(path, 5)],
    ['changed', 'INGOT_BLOB_WRONG', (path) => writeFileSync(path, 'x', { flag: 'r+' })],
  ])('names the blob that is %s, whichever it is', async (_, code, harm) => {
    for (const which of [0, 1, 2, 3]) {
      const layout = new LayoutStore(at(`layout-${which}`));
      const { root, config, layers } = await makeImage(layout, { layers: ['gzip', 'none'] });
      const bad = [root, config, ...layers][which] ?? root;
      harm(layout.pathOf(bad));
      expect(await findings(layout, root)).toMatchObject([{ level: 'error', code, digest: bad.digest }]);
    }
  });

  it('goes on after the first fault', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root, layers } = await makeImage(layout, { layers: ['gzip', 'none', 'zstd'] });
    for (const layer of layers) rmSync(layout.pathOf(layer));
    expect(await findings(layout, root)).toHaveLength(3);
  });

  it('compares tars with diff_ids', async () => {
    const layout = new LayoutStore(at('layout'));
    const wrong = digestOf(Buffer.from('else'));
    for (const how of ['gzip', 'none', 'zstd'] as const) {
      const { root, layers } = await makeImage(layout, { layers: [how], diffIds: [wrong] });
      const expected = [{ level: 'error', code: 'INGOT_DIFF_ID', digest: layers[0]?.digest }];
      expect(await findings(layout, root), how).toMatchObject(expected);
    }
    const { root } = await makeImage(layout, { diffIds: [] });
    expect(await findings(layout, root)).toMatchObject([{ code: 'INGOT_DIFF_ID', digest: root.digest }]);
  });

  it('finds a layer whose compression is not what its media type says', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root } = await makeImage(layout, { layers: ['none'], layerType: oci.layerGzip });
    expect(await findings(layout, root)).toMatchObject([{ level: 'error', code: 'INGOT_DECOMPRESS' }]);
    const cut = squeeze(makeTar({ a: 'a'.repeat(5000) }), 'gzip').subarray(0, 60);
    const layers = [await keep(layout, oci.layerGzip, cut)];
    const { config } = await makeImage(layout);
    const bytes = encodeJson({ schemaVersion: 2, mediaType: oci.manifest, config, layers });
    expect(await findings(layout, await keep(layout, oci.manifest, bytes))).toMatchObject([
      { code: 'INGOT_DECOMPRESS' },
    ]);
  });

  it('warns of media types that it does not know', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root } = await makeImage(layout, { layerType: 'application/x-foreign' });
    expect(await findings(layout, root)).toMatchObject([{ level: 'warning', code: 'INGOT_MEDIA_TYPE' }]);
    const other = await keep(layout, 'text/plain', Buffer.from('x'));
    expect(await findings(layout, other)).toMatchObject([{ level: 'warning', code: 'INGOT_MEDIA_TYPE' }]);
  });

  it('compares the platform of an index with that of the config', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root } = await makeImage(layout);
    const manifests = [{ ...root, platform: { os: 'linux', architecture: 'arm64' } }];
    const bytes = encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests });
    const found = await findings(layout, await keep(layout, oci.index, bytes));
    expect(found).toMatchObject([{ level: 'error', code: 'INGOT_PLATFORM', digest: root.digest }]);
  });

  it('finds manifests that are none, and sizes that lie', async () => {
    const layout = new LayoutStore(at('layout'));
    const broken = await keep(layout, oci.manifest, Buffer.from('{"schemaVersion":2}'));
    expect(await findings(layout, broken)).toMatchObject([{ level: 'error', code: 'INGOT_MANIFEST' }]);
    const { root } = await makeImage(layout);
    const huge = { ...root, size: 2 ** 40 };
    expect(await findings(layout, huge)).toMatchObject([{ level: 'error', code: 'INGOT_BLOB_LIMIT' }]);
  });
});
