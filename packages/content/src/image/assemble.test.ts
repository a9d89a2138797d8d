import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readlink, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { LayoutStore, refName } from '../layout-store.ts';
import { createLayer } from '../layer/layer.ts';
import { digestOf } from '../digest.ts';
import { encodeJson } from '../manifest.ts';
import { docker, oci } from '../media-type.ts';
import { MemoryStore } from '../memory-store.ts';
import { assembleImage } from './assemble.ts';
import { assembleIndex } from './assemble-index.ts';
import { readBase } from './base.ts';
import type { ImageParts } from './assemble.ts';
import type { LayerEntry } from '../layer/entry.ts';
import type { CreatedLayer } from '../layer/layer.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Ingester, Store } from '../store.ts';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64', variant: 'v8' };
const created = 1_700_000_000;
const fake = { mediaType: oci.layerGzip, digest: digestOf(Buffer.from('layer')), size: 5 };
const layer = { descriptor: fake, diffId: digestOf(Buffer.from('tar')) };

function text(path: string, content: string): LayerEntry {
  return { type: 'file', path, mode: 0o755, uid: 10, gid: 20, size: content.length, content: Buffer.from(content) };
}

function layerOf(store: Ingester, ...entries: LayerEntry[]): Promise<CreatedLayer> {
  return createLayer(entries, { mtime: created }, store);
}

/** A Docker schema 2 image, as a registry would hand it out. */
function dockerImage(store: MemoryStore, change: { config?: object; layers?: readonly Descriptor[] } = {}): Descriptor {
  const config = {
    ...amd64,
    created: '2020-02-02T02:02:02.123456789Z',
    docker_version: '20.10',
    container: 'f00',
    config: { Env: ['PATH=/bin'], Cmd: ['sh'], Image: 'sha256:123', OnBuild: null, Labels: null },
    rootfs: { type: 'layers', diff_ids: [digestOf(Buffer.from('base'))] },
    history: [{ created_by: 'ADD base' }, { created_by: 'CMD sh', empty_layer: true }],
    ...change.config,
  };
  const layers = change.layers ?? [{ mediaType: docker.layerGzip, digest: digestOf(Buffer.from('1')), size: 1 }];
  const manifest = {
    schemaVersion: 2,
    mediaType: docker.manifest,
    config: store.add(docker.config, encodeJson(config)),
    layers,
  };
  return store.add(docker.manifest, encodeJson(manifest));
}

describe('assembleImage', () => {
  it('makes the config and manifest of the specification, from scratch', async () => {
    const store = new MemoryStore();
    const { descriptor, manifest, config } = await assembleImage(
      {
        layers: [{ ...layer, createdBy: 'ingot: dist/server' }],
        platform: amd64,
        config: { entrypoint: ['/server'], ports: [8080], user: '65532:65532' },
        annotations: { 'org.opencontainers.image.title': 'Server' },
        created,
      },
      store,
    );
    expect(config).toEqual({
      ...amd64,
      created: '2023-11-14T22:13:20Z',
      config: { Entrypoint: ['/server'], ExposedPorts: { '8080/tcp': {} }, User: '65532:65532' },
      rootfs: { type: 'layers', diff_ids: [layer.diffId] },
      history: [{ created: '2023-11-14T22:13:20Z', created_by: 'ingot: dist/server' }],
    });
    expect(manifest).toMatchObject({
      schemaVersion: 2,
      mediaType: oci.manifest,
      layers: [fake],
      annotations: { 'org.opencontainers.image.title': 'Server' },
    });
    expect(JSON.parse((await buffer(store.fetch(descriptor))).toString())).toEqual(manifest);
    expect(JSON.parse((await buffer(store.fetch(manifest.config))).toString())).toEqual(config);
  });

  it('makes the same digest for the same parts, in whatever order their keys are', async () => {
    const digest = async (parts: Partial<ImageParts>): Promise<string> => {
      const image = { layers: [layer], platform: amd64, created: 0, ...parts };
      return (await assembleImage(image, new MemoryStore())).descriptor.digest;
    };
    const one = await digest({ config: { labels: { a: '1', b: '2' }, ports: [1, 2] } });
    expect(await digest({ config: { ports: [2, 1], labels: { b: '2', a: '1' } } })).toBe(one);
    expect(one).toBe('sha256:a4bd88bd7478e58d04e64f4b72d5ce871512016b6e2ead9266d68578b17914b3');
    expect(await digest({ created: 1 })).not.toBe(await digest({ created: 0 }));
  });

  it('refuses a time that is none', async () => {
    for (const time of [-1, 1.5, 1e12]) {
      const image = assembleImage({ layers: [], platform: amd64, created: time }, new MemoryStore());
      await expect(image).rejects.toMatchObject({ code: 'INGOT_IMAGE_CONFIG' });
    }
  });

  it('throws what the store throws', async () => {
    const full = new Error('no space left on device');
    const store: Store = {
      exists: async () => false,

      fetch: async function* () {
        throw full;
      },
      push: async () => {
        throw full;
      },
    };
    await expect(assembleImage({ layers: [], platform: amd64, created }, store)).rejects.toBe(full);
  });
});

describe('an image on a base of Docker schema 2', () => {
  it('has its layers first, as OCI names them, its settings and its history', async () => {
    const store = new MemoryStore();
    const base = await readBase(store, dockerImage(store));
    const { manifest, config } = await assembleImage({ base, layers: [layer], platform: amd64, created }, store);
    expect(manifest.layers.map((one) => one.mediaType)).toEqual([oci.layerGzip, oci.layerGzip]);
    expect(manifest.layers.map((one) => one.digest)).toEqual([digestOf(Buffer.from('1')), fake.digest]);
    expect(config.rootfs.diff_ids).toEqual([digestOf(Buffer.from('base')), layer.diffId]);
    expect(config.config).toEqual({ Env: ['PATH=/bin'], Cmd: ['sh'] });
    expect(config.history?.map((entry) => entry.created_by)).toEqual(['ADD base', 'CMD sh', 'ingot']);
    expect(Object.keys(config).sort()).toEqual([...['architecture', 'config', 'created', 'history', 'os', 'rootfs']]);
  });

  it('has one entry of history for each layer, where the base has none', async () => {
    const store = new MemoryStore();
    const base = await readBase(store, dockerImage(store, { config: { history: undefined } }));
    const { config } = await assembleImage({ base, layers: [layer], platform: amd64, created }, store);
    expect(config.history).toHaveLength(2);
  });

  it('keeps foreign layers foreign', async () => {
    const store = new MemoryStore();
    const mediaType = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip';
    const urls = ['https://example.com/layer'];
    const base = await readBase(store, dockerImage(store, { layers: [{ ...fake, mediaType, urls }] }));
    const { manifest } = await assembleImage({ base, layers: [], platform: amd64, created }, store);
    const nondistributable = 'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip';
    expect(manifest.layers).toEqual([{ ...fake, mediaType: nondistributable, urls }]);
  });

  it('takes the variant and the version of the system from the base', async () => {
    const store = new MemoryStore();
    const version = { 'os.version': '10.0.17763.1', 'os.features': ['win32k'] };
    const base = await readBase(store, dockerImage(store, { config: { ...arm64, ...version } }));
    const platform = { os: 'linux', architecture: 'arm64' };
    const { config } = await assembleImage({ base, layers: [], platform, created }, store);
    expect(config).toMatchObject({ ...arm64, ...version });
  });

  it.each([
    ['of another platform', { config: { architecture: 's390x' } }, 'INGOT_IMAGE_BASE'],
    ['with a layer more than diff_ids', { layers: [fake, fake] }, 'INGOT_IMAGE_BASE'],
    ['with a layer that is none', { layers: [{ ...fake, mediaType: 'application/json' }] }, 'INGOT_IMAGE_BASE'],
    ['whose env is no list', { config: { config: { Env: 7 } } }, 'INGOT_IMAGE_BASE'],
    ['that is no image', { config: { rootfs: undefined } }, 'INGOT_MANIFEST'],
  ])('refuses one %s', async (_, change, code) => {
    const store = new MemoryStore();
    const assembling = readBase(store, dockerImage(store, change)).then((base) =>
      assembleImage({ base, layers: [], platform: amd64, created }, store),
    );
    await expect(assembling).rejects.toMatchObject({ code, digest: expect.stringMatching(/^sha256:/) });
  });
});

describe('assembleIndex', () => {
  it('names each image with its platform, in the order given', async () => {
    const store = new MemoryStore();
    const images = [
      { descriptor: { ...fake, mediaType: oci.manifest }, platform: arm64 },
      { descriptor: { ...fake, mediaType: oci.manifest }, platform: amd64 },
    ];
    const descriptor = await assembleIndex(images, { annotations: { a: 'b' } }, store);
    expect(JSON.parse((await buffer(store.fetch(descriptor))).toString())).toEqual({
      schemaVersion: 2,
      mediaType: oci.index,
      manifests: images.map((image) => ({ ...image.descriptor, platform: image.platform })),
      annotations: { a: 'b' },
    });
    expect(descriptor.mediaType).toBe(oci.index);
  });

  it('refuses one platform twice', async () => {
    const image = { descriptor: { ...fake, mediaType: oci.manifest }, platform: amd64 };
    const indexing = assembleIndex([image, image], {}, new MemoryStore());
    await expect(indexing).rejects.toMatchObject({ code: 'INGOT_INDEX_PLATFORM' });
  });
});

describe('foreign programs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ingot-image-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function twoStoreys(store: LayoutStore): Promise<Descriptor> {
    const bottom = await layerOf(store, text('etc/os', 'base'), text('etc/replaced', 'old'));
    const ground = await assembleImage(
      { layers: [bottom], platform: amd64, config: { env: { PATH: '/bin' }, cmd: ['sh'] }, created },
      store,
    );
    const link: LayerEntry = { type: 'symlink', path: 'bin/link', mode: 0o777, uid: 0, gid: 0, target: 'ünïcödé' };
    const top = await layerOf(store, text('etc/replaced', 'new'), text('bin/ünïcödé', '#!'), link);
    const config = { entrypoint: ['/bin/ünïcödé'], labels: { who: 'us' }, workdir: '/etc', user: '10:20' };
    const base = await readBase(store, ground.descriptor);
    const image = await assembleImage({ base, layers: [top], platform: amd64, config, created }, store);
    return image.descriptor;
  }

  it('umoci unpacks the image, its bytes, links, owners and times', async () => {
    const store = new LayoutStore(join(folder, 'layout'));
    await store.setRoots([{ ...(await twoStoreys(store)), annotations: { [refName]: 'test' } }]);
    const bundle = join(folder, 'bundle');
    execFileSync(referee('umoci'), ['unpack', '--image', `${store.root}:test`, bundle], { stdio: 'pipe' });
    const inside = (path: string): string => join(bundle, 'rootfs', path);
    expect(await readFile(inside('etc/os'), 'utf8')).toBe('base');
    expect(await readFile(inside('etc/replaced'), 'utf8')).toBe('new');
    expect(await readlink(inside('bin/link'))).toBe('ünïcödé');
    expect(await stat(inside('bin/ünïcödé'))).toMatchObject({ uid: 10, gid: 20, mtimeMs: created * 1000 });
    const runtime = JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8')) as { process: object };
    expect(runtime.process).toMatchObject({
      args: ['/bin/ünïcödé'],
      cwd: '/etc',
      user: { uid: 10, gid: 20 },
      env: expect.arrayContaining(['PATH=/bin']),
    });
  });

  it('skopeo inspects the image, and chooses from an index', async () => {
    const store = new LayoutStore(join(folder, 'layout'));
    const image = await twoStoreys(store);
    const other = await assembleImage({ layers: [], platform: arm64, created }, store);
    const parts = [
      { descriptor: other.descriptor, platform: arm64 },
      { descriptor: image, platform: amd64 },
    ];
    const index = await assembleIndex(parts, {}, store);
    await store.setRoots([{ ...index, annotations: { [refName]: 'both' } }]);
    const inspected = (...options: string[]): unknown => {
      const args = [...options, 'inspect', `oci:${store.root}:both`];
      return JSON.parse(execFileSync(referee('skopeo'), args, { stdio: 'pipe' }).toString());
    };
    expect(inspected('--override-arch', 'amd64')).toMatchObject({
      Architecture: 'amd64',
      Created: '2023-11-14T22:13:20Z',
      Labels: { who: 'us' },
      Env: ['PATH=/bin'],
      Layers: [expect.stringMatching(/^sha256:/), expect.stringMatching(/^sha256:/)],
    });
    expect(inspected('--override-arch', 'arm64', '--override-variant', 'v8')).toMatchObject({ Architecture: 'arm64' });
  });
});
