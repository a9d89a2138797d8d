import { describe, expect, it } from 'vitest';
import { encodeJson } from './manifest.ts';
import { oci } from './media-type.ts';
import { MemoryStore } from './memory-store.ts';
import { parsePlatform } from './platform.ts';
import { platformsOf, selectPlatform } from './select.ts';
import { keep, makeImage, makeIndex } from './test/image.ts';
import type { Descriptor } from './descriptor.ts';

const [amd64, arm64] = [parsePlatform('linux/amd64'), parsePlatform('linux/arm64/v8')];

describe('selectPlatform', () => {
  it('takes an image whose config says the platform', async () => {
    const store = new MemoryStore();
    const { root } = await makeImage(store);
    expect(await selectPlatform(store, root, amd64)).toEqual(root);
    await expect(selectPlatform(store, root, arm64)).rejects.toMatchObject({
      code: 'INGOT_PLATFORM',
      message: expect.stringMatching(/linux\/arm64\/v8, only for linux\/amd64$/),
    });
  });

  it('takes the fitting member of an index, also of a nested one', async () => {
    const store = new MemoryStore();
    const inner = await makeIndex(store, [amd64, parsePlatform('linux/arm64')]);
    const unknown = {
      ...(await makeImage(store, { salt: 'x' })).root,
      platform: { os: 'unknown', architecture: 'unknown' },
    };
    const bytes = encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests: [unknown, inner] });
    const root = await keep(store, oci.index, bytes);
    const found = await selectPlatform(store, root, arm64);
    expect(found).toMatchObject({ mediaType: oci.manifest, platform: { architecture: 'arm64' } });
    expect(await platformsOf(store, root)).toEqual([amd64, { os: 'linux', architecture: 'arm64' }]);
    const asking = selectPlatform(store, root, parsePlatform('linux/s390x'));
    await expect(asking).rejects.toThrow('only for linux/amd64, linux/arm64');
  });

  it('says that an artifact is no image', async () => {
    const store = new MemoryStore();
    const config = await keep(store, oci.empty, Buffer.from('{}'));
    const bytes = encodeJson({ schemaVersion: 2, mediaType: oci.manifest, config, layers: [] });
    const root = await keep(store, oci.manifest, bytes);
    await expect(selectPlatform(store, root, amd64)).rejects.toMatchObject({ code: 'INGOT_PLATFORM' });
  });

  it('is not held up by indexes that name each other over and over', async () => {
    const store = new MemoryStore();
    let root: Descriptor = await makeIndex(store, [amd64]);
    for (let depth = 0; depth < 7; depth += 1) {
      const manifests = Array<Descriptor>(1000).fill(root);
      root = await keep(store, oci.index, encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests }));
    }
    await expect(selectPlatform(store, root, arm64)).rejects.toMatchObject({ code: 'INGOT_PLATFORM' });
    for (let more = 0; more < 2; more += 1) {
      root = await keep(store, oci.index, encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests: [root] }));
    }
    await expect(selectPlatform(store, root, arm64)).rejects.toMatchObject({ code: 'INGOT_MANIFEST' });
  });
});
