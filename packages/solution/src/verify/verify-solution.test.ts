import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { digestOf, docker, oci } from '@ingot/content';
import { implantMd5, inMemory, openIso } from '@ingot/iso9660';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directoryVersion, manifestYaml } from '../format/index.ts';
import {
  addImage,
  edit,
  isoOf,
  manifestFacts,
  openSample,
  put,
  sampleCrd,
  sampleImages,
  sampleRole,
  sampleSolution,
  serve,
  withConfig,
} from './test/sample-solution.ts';
import type { ImageParts, Sample } from './test/sample-solution.ts';
import { faults, findings } from './test/verdict.ts';
import { rules } from './verify-solution.ts';

const server = { name: 'server', tag: '2.1', layers: ['base', 'server'] };
const serverFolder = 'images/server/2.1';
const config = 'registry-config.inc.j2';
const crd = 'operator/deploy/crds/sample_crd.yaml';
const role = 'operator/deploy/role.yaml';

type Break = (sample: Sample) => void;

/** Breaks one file. */
const text =
  (path: string, change: (text: string) => string): Break =>
  (sample) =>
    edit(sample, path, change);
const manifest = (from: string, to: string): Break => text('manifest.yaml', (one) => one.replace(from, to));
/** Breaks the image server:2.1; the rest of the Solution stays in agreement. */
const image =
  (change: (parts: ImageParts) => void): Break =>
  (sample) => {
    for (const path of [...sample.files.keys()]) if (path.startsWith(serverFolder)) sample.files.delete(path);
    addImage(sample, server, change);
    serve(sample);
  };
/** The digest of the layer that only server:2.1 has. */
const ownLayer = digestOf(gzipSync('server'));

/** What is broken, how, and the one finding that comes of it. */
const broken: readonly [what: string, break_: Break, finding: string][] = [
  ['a volume ID of the author', (sample) => (sample.volumeId = 'MINE'), 'warning iso-volume-id'],
  [
    'no manifest.yaml under its mounted name',
    (sample) => rename(sample, 'manifest.yaml', 'Manifest.yaml'),
    'error manifest-file',
  ],
  ['manifest.yaml that is no YAML', (sample) => put(sample, 'manifest.yaml', 'a: ['), 'error manifest-file'],
  ['manifest.yaml that is a list', (sample) => put(sample, 'manifest.yaml', '- a'), 'error manifest-file'],
  [
    'manifest.yaml that is not UTF-8',
    (sample) => put(sample, 'manifest.yaml', Buffer.from([0xff, 0xfe])),
    'error manifest-file',
  ],
  [
    'manifest.yaml with two documents',
    (sample) => put(sample, 'manifest.yaml', 'a: 1\n---\nb: 1\n'),
    'error manifest-file',
  ],
  ['another kind', manifest('"Solution"', '"Thing"'), 'error manifest-kind'],
  ['another apiVersion', manifest('v1alpha1', 'v1'), 'error manifest-kind'],
  ['a label that is a number', manifest('"app": "sample"', '"app": 1'), 'error manifest-strings'],
  [
    'an annotation that is a date',
    manifest('labels:', 'labels:\n    when: 2020-01-01T00:00:00Z'),
    'error manifest-strings',
  ],
  [
    'annotations that are nothing',
    text('manifest.yaml', (one) => one.replace(/^annotations:\n.*\n/m, 'annotations:\n')),
    'error manifest-strings',
  ],
  [
    'one display name',
    text('manifest.yaml', (one) => one.replace(/^annotations:\n.*\n/m, '')),
    'warning manifest-display-name',
  ],
  [
    'API groups that are a string',
    manifest('customApiGroups: []', 'customApiGroups: "a"'),
    'error manifest-api-groups',
  ],
  [
    'an image in the list that is not there',
    manifest('- "server:2.1"', '- "server:2.1"\n    - "other:1"'),
    'error manifest-images',
  ],
  [
    'an image in the list that is a number',
    manifest('- "server:2.1"', '- "server:2.1"\n    - 1'),
    'error manifest-images',
  ],
  ['an image that the list lacks', manifest('    - "server:2.1"\n', ''), 'warning manifest-images-complete'],
  ['an operator that is not there', manifest('tag: "1.0.0"', 'tag: "1.0.1"'), 'error manifest-operator'],
  ['an operator whose tag is a number', manifest('tag: "1.0.0"', 'tag: 1.0'), 'error manifest-operator'],
  [
    'a UI that is not there',
    manifest('spec:', 'spec:\n  ui: { image: { name: ui, tag: "1" } }'),
    'warning manifest-ui',
  ],
  ['a stray file', (sample) => put(sample, 'images/server/README', 'x'), 'warning images-stray'],
  ['an OCI manifest', image((parts) => (parts.manifest['mediaType'] = oci.manifest)), 'error image-manifest-type'],
  [
    'no manifest.json',
    (sample) => {
      sample.files.delete(`${serverFolder}/manifest.json`);
      serve(sample);
    },
    'error image-manifest-type',
  ],
  [
    'a manifest without layers',
    image((parts) => delete (parts.manifest as Record<string, unknown>)['layers']),
    'error image-manifest',
  ],
  ['no file version', (sample) => void sample.files.delete(`${serverFolder}/version`), 'warning image-version-file'],
  [
    'another file version',
    text(`${serverFolder}/version`, (one) => one.replace('Directory', 'Other')),
    'warning image-version-file',
  ],
  [
    'an OCI layer',
    image(({ manifest }) => (manifest.layers[1]!['mediaType'] = oci.layerGzip)),
    'error image-media-types',
  ],
  ['an OCI config', image(({ manifest }) => (manifest.config['mediaType'] = oci.config)), 'error image-media-types'],
  [
    'a foreign layer',
    image(
      ({ manifest }) =>
        (manifest.layers[1]!['mediaType'] = 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip'),
    ),
    'error image-media-types',
  ],
  [
    'a file that nothing names',
    (sample) => put(sample, `${serverFolder}/${'0'.repeat(64)}`, 'x'),
    'warning image-extra',
  ],
  ['a missing blob', image(({ blobs }) => void blobs.delete(ownLayer)), 'error image-blobs'],
  ['a blob of another size', image(({ blobs }) => void blobs.set(ownLayer, gzipSync('servers'))), 'error image-blobs'],
  [
    'a blob with another digest',
    image(({ blobs }) => void blobs.set(ownLayer, gzipSync('serves'))),
    'error image-digests',
  ],
  ['a layer that is not gzip', image(notGzip), 'error image-gzip'],
  [
    'a config without rootfs',
    image((parts) => withConfig(parts, { os: 'linux', architecture: 'amd64' })),
    'error image-config',
  ],
  [
    'a config with one diff ID too few',
    image((parts) => withConfig(parts, { ...parts.config, rootfs: { type: 'layers', diff_ids: [] } })),
    'error image-config',
  ],
  ['no registry configuration', (sample) => void sample.files.delete(config), 'error registry-config-file'],
  ['one that Jinja fails on', text(config, (one) => `${one}{{ other }}`), 'error registry-config-file'],
  ['one that nginx fails on', text(config, (one) => `${one}location`), 'error registry-config-file'],
  [
    'one with = /v2/',
    text(config, (one) => `${one}location = /v2/ { return 200 'ok'; }`),
    'error registry-config-reserved',
  ],
  [
    'one with = /v2',
    text(config, (one) => `${one}location =/v2 { return 301 /v2/; }`),
    'error registry-config-reserved',
  ],
  [
    'one with @404_tag',
    text(config, (one) => `${one}location "@404_tag" { return 404; }`),
    'error registry-config-reserved',
  ],
  [
    'one that repeats a location',
    text(config, (one) => one + /\nlocation[^]*?\n\}\n/.exec(one)![0]),
    'error registry-config-duplicate',
  ],
  [
    'one without a location',
    text(config, (one) => one.replace(/\nlocation[^]*?\n\}\n/, '')),
    'error registry-config-locations',
  ],
  [
    'one with another digest',
    text(config, (one) => one.replace(/(header 'Docker-Content-Digest' 'sha256:)../, '$1zz')),
    'error registry-config-locations',
  ],
  [
    'one with a tag missing in the list',
    text(config, (one) => one.replace('["2.1"]', '[]')),
    'error registry-config-locations',
  ],
  [
    'one that looks for blobs elsewhere',
    text(config, (one) => one.replace('2.1/$1', '2.2/$1')),
    'error registry-config-locations',
  ],
  [
    'one with another location',
    text(config, (one) => `${one}location /x { return 200; }`),
    'warning registry-config-extra',
  ],
  ['one with another directive', text(config, (one) => `${one}gzip on;`), 'warning registry-config-extra'],
  [
    'a CRD without the suffix',
    (sample) => put(sample, 'operator/deploy/crds/other.yaml', sampleCrd),
    'error crd-suffix',
  ],
  ['a CRD with braces', text(crd, (one) => `${one}# {{ x }}\n`), 'error crd-jinja'],
  ['a CRD that is no YAML', text(crd, (one) => `${one}a: [`), 'error crd-yaml'],
  ['a CRD that is not UTF-8', (sample) => put(sample, crd, Buffer.from([0xff])), 'error crd-yaml'],
  ['two CRDs in a file', text(crd, (one) => `${one}---\n${one}`), 'error crd-documents'],
  [
    'something else than a CRD',
    text(crd, (one) => one.replace('CustomResourceDefinition', 'Namespace')),
    'error crd-kind',
  ],
  ['a CRD at another place', (sample) => put(sample, 'operator/deploy/x_crd.yaml', sampleCrd), 'warning crd-place'],
  ['no role.yaml', (sample) => void sample.files.delete(role), 'warning role-present'],
  ['a role.yaml that is no YAML', text(role, (one) => `${one}a: [`), 'error role-yaml'],
  [
    'a role binding',
    text(role, (one) => `${one}---\n${sampleRole.replace('kind: Role', 'kind: RoleBinding')}`),
    'error role-kind',
  ],
  [
    'a role without a name',
    text(role, (one) => one.replace('name: sample-operator', 'namespace: x')),
    'error role-name',
  ],
  [
    'an image file that nginx cannot read',
    (sample) => put(sample, `${serverFolder}/version`, directoryVersion, 0o600),
    'error file-modes',
  ],
  [
    'another file that not everybody can read',
    (sample) => put(sample, 'docs/secret', 'x', 0o600),
    'warning file-modes',
  ],
  ['a link that leads nowhere', (sample) => void sample.links.set('docs/link', 'nowhere'), 'error file-types'],
  ['a link that leads out', (sample) => void sample.links.set('docs/link', '../../etc/passwd'), 'error file-types'],
  ['a link that leads to itself', (sample) => void sample.links.set('docs/link', 'link'), 'error file-types'],
];

function rename(sample: Sample, from: string, to: string): void {
  put(sample, to, sample.files.get(from)!.content);
  sample.files.delete(from);
}

/** A layer that is as it is named, and is no gzip. */
function notGzip({ manifest, blobs }: ImageParts): void {
  const bytes = Buffer.from('no gzip');
  blobs.delete(ownLayer);
  blobs.set(digestOf(bytes), bytes);
  manifest.layers[1] = { mediaType: docker.layerGzip, size: bytes.length, digest: digestOf(bytes) };
}

describe('verifySolution', () => {
  it('finds nothing in a sound Solution, and says so for every rule', async () => {
    const found = await findings(await openSample(sampleSolution()), { deep: true });
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
    const asked = rules.map(({ id }) => id).filter((id) => !id.startsWith('checksum-') && id !== 'manifest-ui');
    expect(found.map(({ rule }) => rule)).toEqual(asked);
    for (const { message, reason, remedy } of found)
      expect({ message, reason, remedy }).toEqual({ message: expect.stringMatching(/.{10}/) as string });
  });

  it.each(broken)('%s', async (_, break_, finding) => {
    const sample = sampleSolution();
    break_(sample);
    const found = await findings(await openSample(sample));
    const wrong = found.filter(({ level }) => level !== 'ok');
    expect(wrong.map(({ level, rule }) => `${level} ${rule}`)).toEqual([finding]);
    expect(wrong[0]).toMatchObject({
      reason: expect.stringMatching(/.{10}/) as string,
      remedy: expect.stringMatching(/.{10}/) as string,
    });
  });

  it('judges the name, which the ISO bears at several places', async () => {
    const sample = sampleSolution();
    sample.volumeId = 'metalk8s-sample 1.0.0';
    put(sample, 'manifest.yaml', manifestYaml({ ...manifestFacts, name: 'metalk8s-sample' }));
    expect(await faults(await openSample(sample))).toEqual(['error manifest-name']);
  });

  it.each(['1.0', '1.0.0+a', '1.0.0-A', 1])('judges the version %j', async (version) => {
    const sample = sampleSolution();
    sample.volumeId = `sample ${version}`;
    const yaml = manifestYaml({ ...manifestFacts, version: '9.9.9' });
    put(sample, 'manifest.yaml', yaml.replace('"9.9.9"', JSON.stringify(version)));
    expect(await faults(await openSample(sample))).toEqual(['error manifest-version']);
  });

  it('takes the defaults of MetalK8s for what the manifest leaves out', async () => {
    const sample = sampleSolution();
    put(
      sample,
      'manifest.yaml',
      'apiVersion: solutions.metalk8s.scality.com/v1alpha1\nkind: Solution\nmetadata: { name: sample }\nspec: { version: 1.0.0 }\n',
    );
    expect(await faults(await openSample(sample))).toEqual([]);
    const [operator] = sampleImages;
    for (const path of [...sample.files.keys()])
      if (path.startsWith(`images/${operator!.name}/`)) sample.files.delete(path);
    serve(sample);
    expect(await faults(await openSample(sample))).toEqual(['warning manifest-operator']);
  });

  it('judges names and tags of images', async () => {
    const sample = sampleSolution();
    for (const [path, file] of [...sample.files]) {
      if (path.startsWith(serverFolder)) sample.files.set(path.replace('images/server', 'images/Server'), file);
      if (path.startsWith(serverFolder)) sample.files.set(path.replace('server/2.1', 'server/2+1'), file);
    }
    edit(sample, 'manifest.yaml', (one) =>
      one.replace('- "server:2.1"', '- "server:2.1"\n    - "Server:2.1"\n    - "server:2+1"'),
    );
    expect(await faults(await openSample(sample))).toEqual(['error image-names', 'error image-names']);
  });

  it('misses the images', async () => {
    const sample = sampleSolution();
    for (const path of [...sample.files.keys()]) if (path.startsWith('images/')) sample.files.delete(path);
    serve(sample);
    put(sample, 'manifest.yaml', manifestYaml({ ...manifestFacts, images: [] }));
    expect(await faults(await openSample(sample))).toEqual(['error manifest-operator', 'error images-folder']);
    put(sample, 'images/README', 'x');
    expect(await faults(await openSample(sample))).toEqual([
      'error manifest-operator',
      'warning images-folder',
      'warning images-stray',
    ]);
  });

  it('sees whether equal blobs are stored once', async () => {
    expect(await faults(await openSample(sampleSolution(), false))).toEqual(['warning image-shared']);
  });

  it('unpacks layers where it is asked to', async () => {
    const wrong = image((parts) =>
      withConfig(parts, {
        ...parts.config,
        rootfs: { type: 'layers', diff_ids: [digestOf(Buffer.from('base')), digestOf(Buffer.from('other'))] },
      }),
    );
    const damaged = image(({ blobs, manifest }) => {
      const bytes = gzipSync('server').subarray(0, -6);
      blobs.delete(ownLayer);
      blobs.set(digestOf(bytes), bytes);
      manifest.layers[1] = { mediaType: docker.layerGzip, size: bytes.length, digest: digestOf(bytes) };
    });
    for (const break_ of [wrong, damaged]) {
      const sample = sampleSolution();
      break_(sample);
      expect(await faults(await openSample(sample))).toEqual([]);
      expect(await faults(await openSample(sample), { deep: true })).toEqual(['error image-diff-ids']);
    }
  });

  it('follows links as a mounted ISO does: a tag may be one', async () => {
    const sample = sampleSolution();
    sample.links.set('images/server/stable', '2.1');
    const manifests = ['2.1', 'stable'].map((tag) => ({ name: 'server', tag }));
    put(sample, 'manifest.yaml', manifestYaml({ ...manifestFacts, images: [sampleImages[0]!, ...manifests] }));
    put(sample, `images/server/stable/manifest.json`, sample.files.get(`${serverFolder}/manifest.json`)!.content);
    serve(sample);
    sample.files.delete('images/server/stable/manifest.json');
    expect(await faults(await openSample(sample))).toEqual([]);
  });

  it('tells at most twenty places of one rule', async () => {
    const sample = sampleSolution();
    for (let number = 0; number < 30; number++) put(sample, `images/server/stray-${number}`, 'x');
    const found = (await findings(await openSample(sample))).filter(({ rule }) => rule === 'images-stray');
    expect(found).toHaveLength(21);
    expect(found.at(-1)?.message).toContain('10 more');
  });

  it('reads an ISO that ends too early as far as it can', async () => {
    const bytes = await isoOf(sampleSolution());
    const pad = Buffer.concat([bytes]);
    pad.writeUInt32LE(pad.readUInt32LE(16 * 2048 + 80) + 1, 16 * 2048 + 80);
    expect(await faults(await openIso(inMemory(pad)))).toEqual(['error iso-complete']);
  });

  it('says of an ISO that was cut anywhere that it is not whole', async () => {
    const bytes = await isoOf(sampleSolution());
    for (const size of [Math.floor(bytes.length / 4), Math.floor(bytes.length / 2), bytes.length - 4096]) {
      const found = await findings(await openIso(inMemory(bytes.subarray(0, size))));
      expect(found.filter(({ rule, level }) => rule === 'iso-complete' && level === 'error')).not.toEqual([]);
    }
  });

  it('counts the bytes that it reads, each place once', async () => {
    const sample = sampleSolution();
    let read = 0;
    await findings(await openSample(sample), { onBytes: (bytes) => (read += bytes) });
    const blobs = new Map(
      [...sample.files]
        .filter(([path]) => /[0-9a-f]{64}$/.test(path))
        .map(([path, { content }]) => [path.slice(-64), content.length]),
    );
    expect(read).toBe([...blobs.values()].reduce((sum, size) => sum + size, 0));
  });
});

describe('sums', () => {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ingot-verify-'));
    file = join(folder, 'sample-1.0.0.iso');
    const sample = sampleSolution();
    // Room enough that the sums cover it.
    put(sample, 'docs/large', Buffer.alloc(1024 * 1024, 'x'));
    await writeFile(file, await isoOf(sample));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const judge = async () => faults(await openIso(file), { file });

  it('beside the ISO', async () => {
    expect(await judge()).toEqual(['warning checksum-beside']);
    const { readFile } = await import('node:fs/promises');
    const sum = createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
    for (const line of [`${sum}  ${basename(file)}\n`, `${sum} *${basename(file)}\n`, `${sum}\n`]) {
      await writeFile(`${file}.sha256`, line);
      expect(await judge()).toEqual([]);
    }
    for (const line of [`${'0'.repeat(64)}  ${basename(file)}\n`, 'nothing\n', `${sum}  other.iso\n`]) {
      await writeFile(`${file}.sha256`, line);
      expect(await judge()).toEqual(['error checksum-beside']);
    }
  });

  it('in the ISO', async () => {
    await rm(`${file}.sha256`, { force: true });
    await implantMd5(file, { force: true });
    const found = await findings(await openIso(file), { file });
    expect(found.filter(({ rule }) => rule === 'checksum-implanted')).toMatchObject([{ level: 'ok' }]);
    const { open } = await import('node:fs/promises');
    const handle = await open(file, 'r+');
    await handle.write('changed', 600 * 1024);
    await handle.close();
    expect(await judge()).toEqual(['warning checksum-beside', 'error checksum-implanted']);
  });
});
