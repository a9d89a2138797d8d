import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { BlobStore } from '../blob-store.ts';
import { copy } from '../copy.ts';
import { digestOf } from '../digest.ts';
import { LayoutStore, refName } from '../layout-store.ts';
import { parseManifest } from '../manifest.ts';
import { MemoryStore } from '../memory-store.ts';
import { readBlob } from '../read.ts';
import { testFolder } from '../test/folder.ts';
import { makeImage, makeTar, skopeo, squeeze } from '../test/image.ts';
import { validate } from '../validate.ts';
import { referee } from '../../../../tools/referee.ts';
import { openSource } from './open.ts';
import { parseSource } from './source.ts';
import type { OpenedSource } from './opened-source.ts';

const at = testFolder();

function open(text: string): Promise<OpenedSource> {
  return openSource(parseSource(text), { baseDir: at(), store: new BlobStore(at('store')) });
}

async function makeLayout(tag = 'v1', layers: ('none' | 'gzip')[] = ['gzip', 'gzip']) {
  const layout = new LayoutStore(at('layout'));
  const image = await makeImage(layout, { layers });
  await layout.setRoots([{ ...image.root, annotations: { [refName]: tag } }]);
  return image;
}

async function expectSound({ root, fetcher }: OpenedSource): Promise<void> {
  expect(await Array.fromAsync(validate(fetcher, root))).toEqual([]);
}

describe('openSource', () => {
  it('opens a layout, by tag, by digest, or because it has one image', async () => {
    const { root } = await makeLayout();
    for (const text of ['oci:layout', 'oci:layout:v1', `oci:layout@${root.digest}`]) {
      const opened = await open(text);
      expect(opened.root.digest).toBe(root.digest);
      expect(opened).toMatchObject({ tag: 'v1' });
      await expectSound(opened);
    }
    await expect(open('oci:layout:v2')).rejects.toMatchObject({ code: 'INGOT_SOURCE_REFERENCE', help: 'There is: v1' });
    await expect(open(`oci:layout@${digestOf(Buffer.alloc(0))}`)).rejects.toMatchObject({
      code: 'INGOT_SOURCE_REFERENCE',
    });
  });

  it('asks which of several images is meant', async () => {
    const layout = new LayoutStore(at('layout'));
    const one = { ...(await makeImage(layout, { salt: '1' })).root, annotations: { [refName]: 'team/tool:1.0' } };
    const two = { ...(await makeImage(layout, { salt: '2' })).root, annotations: { [refName]: 'team/tool:2.0' } };
    await layout.setRoots([one, two]);
    await expect(open('oci:layout')).rejects.toThrow('holds 2 images');
    expect(await open('oci:layout:team/tool:2.0')).toMatchObject({ root: two, name: 'tool', tag: '2.0' });
    await layout.setRoots([one, { ...one, annotations: { [refName]: 'alias' } }]);
    expect((await open('oci:layout')).root.digest).toBe(one.digest);
  });

  it('opens what skopeo writes as oci-archive, where it is', async () => {
    const { root } = await makeLayout();
    skopeo('copy', '-q', `oci:${at('layout')}`, `oci-archive:${at('a.tar')}:v1`);
    const opened = await open('oci-archive:a.tar:v1');
    expect(opened.root.digest).toBe(root.digest);
    await expectSound(opened);
    const span = await opened.fetcher.locate(opened.root);
    expect(span?.path).toBe(at('a.tar'));
    expect(await opened.fetcher.exists({ ...opened.root, size: opened.root.size + 1 })).toBe(false);
    const bytes = readFileSync(at('a.tar')).subarray(span?.offset, (span?.offset ?? 0) + (span?.size ?? 0));
    expect(digestOf(bytes)).toBe(root.digest);
  });

  it.each(['gzip', 'zstd'] as const)(
    'opens a %s oci-archive through the store, and leaves no tar there',
    async (how) => {
      await makeLayout();
      skopeo('copy', '-q', `oci:${at('layout')}`, `oci-archive:${at('a.tar')}:v1`);
      writeFileSync(at('a.tar.z'), squeeze(readFileSync(at('a.tar')), how));
      await expectSound(await open('oci-archive:a.tar.z'));
      expect(readdirSync(at('store'))).toEqual(['blobs']);
      writeFileSync(at('b.tar.z'), readFileSync(at('a.tar.z')).subarray(0, 900));
      await expect(open('oci-archive:b.tar.z')).rejects.toMatchObject({ code: 'INGOT_DECOMPRESS' });
      expect(readdirSync(at('store'))).toEqual(['blobs']);
    },
  );

  it('opens what skopeo writes as docker-archive, layers and diff_ids in place', async () => {
    const { diffIds, config } = await makeLayout();
    skopeo('copy', '-q', `oci:${at('layout')}`, `docker-archive:${at('d.tar')}:team/tool:2.0`);
    for (const text of ['', ':team/tool:2.0', ':docker.io/team/tool:2.0', ':@0']) {
      const opened = await open(`docker-archive:d.tar${text}`);
      expect(opened).toMatchObject({ name: 'tool', tag: '2.0' });
      const manifest = parseManifest(await readBlob(opened.fetcher, opened.root), opened.root);
      expect(manifest.layers.map((layer) => layer.digest)).toEqual(diffIds);
      expect(manifest.config.digest).toBe(config.digest);
      await expectSound(opened);
    }
    await expect(open('docker-archive:d.tar:tool:2.0')).rejects.toMatchObject({
      code: 'INGOT_SOURCE_REFERENCE',
      help: 'There is: docker.io/team/tool:2.0',
    });
    await expect(open('docker-archive:d.tar:@1')).rejects.toMatchObject({ code: 'INGOT_DOCKER_ARCHIVE' });
  });

  it('opens a docker-archive in the older form: layers as links, and gzipped as a whole', async () => {
    const tar = makeTar({ 'layer-0': 'hello\n' });
    const config = JSON.stringify({
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [digestOf(tar), digestOf(tar), digestOf(tar)] },
    });
    mkdirSync(at('old/one'), { recursive: true });
    mkdirSync(at('old/two'));
    writeFileSync(at('old/one/layer.tar'), tar);
    execFileSync('ln', ['-s', '../one/layer.tar', at('old/two/layer.tar')]);
    writeFileSync(at('old/zipped.tar.gz'), squeeze(tar, 'gzip'));
    writeFileSync(at('old/c.json'), config);
    const Layers = ['one/layer.tar', 'two/layer.tar', 'zipped.tar.gz'];
    writeFileSync(at('old/manifest.json'), JSON.stringify([{ Config: 'c.json', RepoTags: ['tool:1'], Layers }]));
    execFileSync(referee('tar'), ['-C', at('old'), '-cf', at('old.tar'), '.']);
    writeFileSync(at('old.tar.gz'), squeeze(readFileSync(at('old.tar')), 'gzip'));
    for (const file of ['old.tar', 'old.tar.gz']) {
      const opened = await open(`docker-archive:${file}`);
      expect(opened).toMatchObject({ name: 'tool', tag: '1' });
      await expectSound(opened);
      const { layers } = parseManifest(await readBlob(opened.fetcher, opened.root), opened.root);
      expect(layers.map((layer) => layer.mediaType.split('.').at(-1))).toEqual(['tar', 'tar', 'tar+gzip']);
    }
  });

  it('opens what Docker 25 saves: an OCI layout with a manifest.json, compressed layers too, either way', async () => {
    const { root, config, layers } = await makeLayout('v1', ['gzip', 'none']);
    const [Config = '', ...Layers] = [config, ...layers].map(({ digest }) => `blobs/sha256/${digest.slice(7)}`);
    writeFileSync(at('layout/manifest.json'), JSON.stringify([{ Config, RepoTags: ['x.io/tool:3'], Layers }]));
    execFileSync(referee('tar'), ['-C', at('layout'), '-cf', at('save.tar'), '.']);
    const saved = await open('docker-archive:save.tar');
    expect(saved).toMatchObject({ name: 'tool', tag: '3' });
    await expectSound(saved);
    const manifest = parseManifest(await readBlob(saved.fetcher, saved.root), saved.root);
    expect(manifest).toMatchObject({ config, layers });
    expect((await open('oci-archive:save.tar')).root.digest).toBe(root.digest);
  });

  it('asks which image of a docker-archive is meant, and says which there are', async () => {
    const tar = makeTar({ a: 'a' });
    const config = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [digestOf(tar)] } };
    mkdirSync(at('two'));
    writeFileSync(at('two/l.tar'), tar);
    const items = ['one:1', undefined].map((tag, index) => {
      writeFileSync(at(`two/${index}.json`), JSON.stringify({ ...config, author: `${index}` }));
      return { Config: `${index}.json`, RepoTags: tag === undefined ? null : [tag], Layers: ['l.tar'] };
    });
    writeFileSync(at('two/manifest.json'), JSON.stringify(items));
    execFileSync(referee('tar'), ['-C', at('two'), '-cf', at('two.tar'), '.']);
    await expect(open('docker-archive:two.tar')).rejects.toMatchObject({
      code: 'INGOT_SOURCE_REFERENCE',
      help: 'There is: one:1, @1',
    });
    expect(await open('docker-archive:two.tar:one:1')).toMatchObject({ name: 'one', tag: '1' });
    await expectSound(await open('docker-archive:two.tar:@1'));
  });

  it.each<[string, unknown, RegExp]>([
    ['no list', {}, /no list of images/],
    ['no JSON', undefined, /not JSON/],
    ['no Config', [{ Layers: [] }], /lack Config/],
    ['a Config that is no text', [{ Config: 1 }], /lack Config/],
    ['Layers that are no list', [{ Config: 'c.json', Layers: 'l.tar' }], /lack Config/],
    ['too many layers', [{ Config: 'c.json', Layers: Array(1025).fill('l.tar') }], /lack Config/],
    ['a config that is missing', [{ Config: 'x.json' }], /lacks the config/],
    ['a config outside', [{ Config: '../c.json' }], /lacks the config/],
    ['a layer that is missing', [{ Config: 'c.json', Layers: ['x.tar'] }], /lacks the layer/],
    ['more layers than diff_ids', [{ Config: 'c.json', Layers: ['l.tar', 'l.tar'] }], /2 layers and 1 diff_ids/],
  ])('refuses a docker-archive with %s', async (_, manifest, message) => {
    mkdirSync(at('bad'));
    const config = {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: [digestOf(Buffer.from(''))] },
    };
    writeFileSync(at('bad/c.json'), JSON.stringify(config));
    writeFileSync(at('bad/l.tar'), '');
    writeFileSync(at('bad/manifest.json'), manifest === undefined ? '{' : JSON.stringify(manifest));
    execFileSync(referee('tar'), ['-C', at('bad'), '-cf', at('bad.tar'), '.']);
    await expect(open('docker-archive:bad.tar')).rejects.toMatchObject({ code: 'INGOT_DOCKER_ARCHIVE' });
    await expect(open('docker-archive:bad.tar')).rejects.toThrow(message);
  });

  it('says that it cannot read bzip2 and xz', async () => {
    writeFileSync(at('a.tar'), 'BZh91AY&SY');
    await expect(open('oci-archive:a.tar')).rejects.toMatchObject({ code: 'INGOT_COMPRESSION' });
  });

  it('opens the dir: of skopeo', async () => {
    await makeLayout('v1', ['none', 'gzip']);
    skopeo('copy', '-q', '--format', 'v2s2', `oci:${at('layout')}`, `dir:${at('dir')}`);
    const opened = await open('dir:dir');
    expect(opened.root.digest).toBe(digestOf(readFileSync(at('dir/manifest.json'))));
    await expectSound(opened);
    await copy(opened.root, opened.fetcher, new MemoryStore());
    await makeLayout();
    await expect(open('dir:layout')).rejects.toMatchObject({ code: 'INGOT_DIR' });
  });

  it('finds what a project made, and what it inherits elsewhere', async () => {
    const { root, layers } = await makeLayout();
    const elsewhere = new MemoryStore();
    await copy(root, new LayoutStore(at('layout')), elsewhere);
    const base = layers[0];
    renameSync(new LayoutStore(at('layout')).pathOf(base ?? root), at('gone'));
    const source = parseSource('project:tool');
    const options = { baseDir: at(), store: new BlobStore(at('store')) };
    const sparse = await openSource(source, { ...options, resolveProject: async () => ({ layout: at('layout') }) });
    expect(await Array.fromAsync(validate(sparse.fetcher, sparse.root))).toMatchObject([
      { level: 'error', code: 'INGOT_BLOB_MISSING', digest: base?.digest },
    ]);
    await expectSound(
      await openSource(source, {
        ...options,
        resolveProject: async () => ({ layout: at('layout'), inherits: [elsewhere] }),
      }),
    );
    await expect(openSource(source, options)).rejects.toMatchObject({ code: 'INGOT_SOURCE_PROJECT' });
  });

  it('says what is not there, and of what kind it is', async () => {
    await makeLayout();
    writeFileSync(at('file.tar'), 'no tar at all');
    const cases = [
      ['oci:nowhere', 'INGOT_SOURCE_MISSING', /there is no/],
      ['oci:file.tar', 'INGOT_SOURCE_MISSING', /is no folder/],
      ['oci-archive:layout', 'INGOT_SOURCE_MISSING', /is no file/],
      ['oci-archive:/dev/null', 'INGOT_SOURCE_MISSING', /is no file/],
      ['oci-archive:file.tar', 'INGOT_TAR', /header/],
      ['oci:store', 'INGOT_SOURCE_MISSING', /there is no/],
      ['docker://nginx', 'INGOT_SOURCE_REGISTRY', /no registry/],
    ] as const;
    for (const [text, code, message] of cases) {
      await expect(open(text), text).rejects.toMatchObject({ code });
      await expect(open(text), text).rejects.toThrow(message);
    }
    await expect(open('oci:file.tar')).rejects.toMatchObject({ help: expect.stringContaining('oci-archive:file.tar') });
  });

  it('tells the two kinds of archives apart', async () => {
    await makeLayout();
    skopeo('copy', '-q', `oci:${at('layout')}`, `oci-archive:${at('o.tar')}`);
    skopeo('copy', '-q', `oci:${at('layout')}`, `docker-archive:${at('d.tar')}`);
    await expect(open('oci-archive:d.tar')).rejects.toMatchObject({
      code: 'INGOT_LAYOUT',
      help: expect.stringContaining('docker-archive:'),
    });
    await expect(open('docker-archive:o.tar')).rejects.toMatchObject({
      code: 'INGOT_DOCKER_ARCHIVE',
      help: expect.stringContaining('oci-archive:'),
    });
  });

  it('names a blob of an archive that was changed', async () => {
    const { diffIds } = await makeLayout();
    skopeo('copy', '-q', `oci:${at('layout')}`, `docker-archive:${at('d.tar')}`);
    const bytes = readFileSync(at('d.tar'));
    bytes.write('LAYER', bytes.indexOf('layer 1'));
    writeFileSync(at('d.tar'), bytes);
    const { root, fetcher } = await open('docker-archive:d.tar');
    await expect(copy(root, fetcher, new MemoryStore())).rejects.toMatchObject({
      code: 'INGOT_BLOB_WRONG',
      digest: diffIds[1],
    });
  });
});

describe('docker-daemon:', () => {
  const path = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = path;
  });

  /** A program `docker` of the given lines of shell, before all others. */
  function fakeDocker(...lines: readonly string[]): void {
    mkdirSync(at('bin'), { recursive: true });
    writeFileSync(at('bin/docker'), ['#!/bin/sh', ...lines, ''].join('\n'));
    chmodSync(at('bin/docker'), 0o755);
    process.env['PATH'] = `${at('bin')}${delimiter}${path}`;
  }

  it('takes what docker save writes into the store, and leaves no tar there', async () => {
    await makeLayout();
    skopeo('copy', '-q', `oci:${at('layout')}`, `docker-archive:${at('d.tar')}:team/tool:latest`);
    fakeDocker(`echo "$@" > '${at('args')}'`, `cp '${at('d.tar')}' "$3"`);
    const opened = await open('docker-daemon:team/tool');
    expect(opened).toMatchObject({ name: 'tool', tag: 'latest' });
    expect(readFileSync(at('args'), 'utf8')).toMatch(/^save --output \S+ team\/tool:latest\n$/);
    expect(readdirSync(at('store'))).toEqual(['blobs']);
    await expectSound(opened);
  });

  it('says what docker said', async () => {
    fakeDocker('echo "Error response from daemon: reference does not exist" >&2', 'exit 1');
    await expect(open('docker-daemon:nothing:1')).rejects.toMatchObject({
      code: 'INGOT_SOURCE_DOCKER',
      message: expect.stringContaining('reference does not exist'),
      help: expect.stringContaining('docker-archive:image.tar'),
    });
    expect(readdirSync(at('store'))).toEqual([]);
  });

  it('says what to do where there is no docker', async () => {
    process.env['PATH'] = at('nowhere');
    await expect(open('docker-daemon:nothing:1')).rejects.toMatchObject({
      code: 'INGOT_SOURCE_DOCKER',
      help: expect.stringContaining('docker save -o image.tar'),
    });
  });

  it('does not take what is half written', async () => {
    await makeLayout();
    skopeo('copy', '-q', `oci:${at('layout')}`, `docker-archive:${at('d.tar')}:team/tool:latest`);
    fakeDocker(`head -c 5000 '${at('d.tar')}' > "$3"`);
    await expect(open('docker-daemon:team/tool')).rejects.toMatchObject({
      code: 'INGOT_TAR',
      message: expect.stringContaining('docker-daemon:team/tool'),
    });
  });
});
