import { execFileSync } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, MemoryStore, oci } from '@ingot/content';
import { beforeEach, describe, expect, it } from 'vitest';
import { entriesBelow } from '../../../../tools/entries-below.ts';
import { DockerRegistry } from '../../../../tools/registry/docker-registry.ts';
import { skopeo } from '../../../../tools/registry/skopeo.ts';
import { registryTest } from '../test/registry-test.ts';
import { keep, platforms } from '../test/sample-image.ts';
import type { Descriptor } from '@ingot/content';

const { at, makeImage, run, startRegistry, succeed } = registryTest();

const onmetal = 'application/vnd.onmetal.image.';
const layerTypes = ['rootfs.v1alpha1.rootfs', 'initramfs.v1alpha1.initramfs', 'vmlinuz.v1alpha1.vmlinuz'];
const name = 'registry.example/team/os:1.0';

interface Made {
  readonly manifest: Descriptor;
  readonly layers: readonly Descriptor[];
}

/** A store as onmetal-image build leaves it: the page's bytes, written by nothing of ours. */
async function makeStore(folder = 'onmetal', says = 'debian', types = layerTypes.map((end) => onmetal + end)) {
  await mkdir(at(folder, 'blobs/sha256'), { recursive: true });
  await mkdir(at(folder, 'ingest'), { recursive: true });
  await writeFile(at(folder, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
  const blob = async (mediaType: string, text: string): Promise<Descriptor> => {
    const digest = digestOf(Buffer.from(text));
    await writeFile(at(folder, 'blobs/sha256', digest.slice(7)), text, { mode: 0o444 });
    return { mediaType, digest, size: text.length };
  };
  const layers: Descriptor[] = [];
  for (const type of types) layers.push(await blob(type, `${type} of ${says}`));
  const config = await blob(`${onmetal}config.v1alpha1+json`, '{"commandLine":"root=LABEL=ROOT ro"}');
  const manifest = await blob(oci.manifest, JSON.stringify({ schemaVersion: 2, config, layers }));
  return { manifest, layers } satisfies Made;
}

const writeIndex = (manifests: readonly unknown[], folder = 'onmetal') =>
  writeFile(at(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }));
const indexOf = (folder = 'onmetal') => readFile(at(folder, 'index.json'), 'utf8');
const tagged = ({ mediaType, digest, size }: Descriptor, reference: string) =>
  ({ mediaType, digest, size, annotations: { 'org.opencontainers.image.ref.name': reference } }) as const;
const store = ['--store-path', './onmetal'];
const hex = ({ digest }: Descriptor) => digest.slice(7);

let made: Made;
beforeEach(async () => {
  made = await makeStore();
  await writeIndex([made.manifest]);
});

describe('ingot list --store-path', () => {
  it('prints what onmetal-image prints', async () => {
    const id = hex(made.manifest).slice(0, 12);
    expect(await succeed('list', ...store)).toBe(`REPOSITORY  TAG         IMAGE ID\n<none>      <none>      ${id}\n`);
    await writeIndex([made.manifest, tagged(made.manifest, name), tagged(made.manifest, 'v1')]);
    expect(await succeed('list', ...store)).toBe(
      [
        'REPOSITORY               TAG         IMAGE ID',
        `<none>                   <none>      ${id}`,
        `registry.example/team/os 1.0         ${id}`,
        `<none>                   <none>      ${id}`,
        '',
      ].join('\n'),
    );
  });

  it('has the images by digest, the last first, and leaves out what is none', async () => {
    const other = await makeStore('onmetal', 'another');
    const third = await makeStore('onmetal', 'a third');
    const all = [made.manifest, other.manifest, third.manifest];
    await writeIndex([...all, { ...made.layers[0]! }]);
    const ids = (await succeed('list', ...store))
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.slice(24));
    expect(ids).toEqual(
      all
        .map((one) => hex(one).slice(0, 12))
        .toSorted()
        .toReversed(),
    );
  });

  it('writes JSON', async () => {
    await writeIndex([tagged(made.manifest, name)]);
    expect(JSON.parse(await succeed('list', ...store, '--json'))).toEqual({
      images: [{ reference: name, repository: 'registry.example/team/os', tag: '1.0', ...made.manifest }],
    });
  });
});

describe('ingot tag --store-path', () => {
  it('gives an image a name, as onmetal-image does', async () => {
    const { digest } = made.manifest;
    expect(await succeed('tag', ...store, digest, name)).toBe(`Successfully tagged ${name} with ${digest}\n`);
    expect(await indexOf()).toBe(
      `{"schemaVersion":2,"manifests":[{"mediaType":"${oci.manifest}","digest":"${digest}","size":${made.manifest.size}},` +
        `{"mediaType":"${oci.manifest}","digest":"${digest}","size":${made.manifest.size},"annotations":{"org.opencontainers.image.ref.name":"${name}"}}]}`,
    );
    expect(await succeed('tag', ...store, name, 'localhost:5000/os:2')).toBe(
      `Successfully tagged localhost:5000/os:2 with ${name}\n`,
    );
  });

  it('moves a name that is there to the end, and to another image', async () => {
    const other = await makeStore('onmetal', 'another');
    await writeIndex([made.manifest, tagged(made.manifest, name), other.manifest]);
    const id = hex(other.manifest).slice(0, 12);
    expect(await succeed('tag', ...store, id, name)).toBe(
      `Successfully tagged ${name} with ${other.manifest.digest}\n`,
    );
    const { manifests } = JSON.parse(await indexOf()) as { manifests: unknown[] };
    expect(manifests).toEqual([made.manifest, other.manifest, tagged(other.manifest, name)]);
  });

  it('keeps what else the entries say, in the order of Go', async () => {
    const platform = { architecture: 'amd64', os: 'linux' };
    await writeIndex([{ platform, ...tagged(made.manifest, name), annotations: { b: '<&>', a: '1' } }]);
    await succeed('tag', ...store, made.manifest.digest, name);
    expect(await indexOf()).toMatch(
      /"size":\d+,"annotations":\{"a":"1","b":"\\u003c\\u0026\\u003e"\},"platform":\{"architecture":"amd64","os":"linux"\}\},\{.*"annotations":\{"[^{}]*"\},"platform"/,
    );
  });

  it.each([
    [['v2'], 2, 'is no full reference'],
    [['debian:12'], 2, 'is no full reference'],
    [[`docker://${name}`], 2, `Write ${name}`],
    [[`registry.example/os@sha256:${'0'.repeat(64)}`], 2, 'is no full reference'],
    [[], 2, 'name a new full reference'],
    [[name, 'more'], 2, 'one argument too many'],
  ])('refuses %j', async (args, exit, text) => {
    const before = await indexOf();
    const result = await run('tag', ...store, made.manifest.digest, ...args);
    expect(result).toMatchObject({ exit, stdout: '' });
    expect(result.stderr).toContain(text);
    expect(await indexOf()).toBe(before);
  });

  it('says what there is where an image is not', async () => {
    await writeIndex([tagged(made.manifest, name), tagged(made.manifest, 'v1')]);
    const missing = await run('tag', ...store, 'registry.example/team/os:1.1', name);
    expect(missing).toMatchObject({ exit: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^INGOT_STORE_IMAGE {2}.*\n {2}help: There is registry\.example\/team\/os:1\.0, v1/);
    const short = await run('tag', ...store, 'v1', name);
    expect(short.stderr).toMatch(/INGOT_STORE_IMAGE .*not a full reference\n.*sha256:[0-9a-f]{64}/);
  });
});

describe('ingot inspect --store-path', () => {
  it('prints descriptor, manifest and config, and reads no layer', async () => {
    await writeIndex([tagged(made.manifest, name)]);
    for (const layer of made.layers) await rm(at('onmetal/blobs/sha256', hex(layer)));
    for (const reference of [name, made.manifest.digest, hex(made.manifest), hex(made.manifest).slice(0, 12)]) {
      const stdout = await succeed('inspect', ...store, reference);
      expect(stdout).toMatch(/^\{\n {2}"descriptor": \{\n {4}"mediaType": /);
      expect(JSON.parse(stdout)).toEqual({
        descriptor: tagged(made.manifest, name),
        manifest: { schemaVersion: 2, config: expect.objectContaining({ size: 36 }), layers: made.layers },
        config: { commandLine: 'root=LABEL=ROOT ro' },
      });
    }
  });

  it('takes a name with its digest, and one that Docker Hub is left out of', async () => {
    await writeIndex([tagged(made.manifest, name), tagged(made.manifest, 'docker.io/library/debian:12')]);
    await succeed('inspect', ...store, `${name}@${made.manifest.digest}`);
    await succeed('inspect', ...store, 'debian:12');
    const other = await run('inspect', ...store, `${name}@sha256:${'0'.repeat(64)}`);
    expect(other.stderr).toContain('INGOT_STORE_IMAGE');
  });
});

describe('ingot url --store-path', () => {
  it('prints the request as onmetal-image does, and asks nobody', async () => {
    await writeIndex([tagged(made.manifest, name), tagged(made.manifest, 'localhost:1/os:v1')]);
    expect(await succeed('url', ...store, name)).toBe(
      `{\n  "headers": {\n    "Accept": [\n      "${oci.manifest}"\n    ]\n  },\n  "url": "https://registry.example/v2/team/os/manifests/1.0"\n}\n`,
    );
    expect(JSON.parse(await succeed('url', ...store, 'localhost:1/os:v1'))).toMatchObject({
      url: 'http://localhost:1/v2/os/manifests/v1',
    });
    for (const [index, layer] of ['rootfs', 'initramfs', 'kernel'].entries()) {
      expect(JSON.parse(await succeed('url', ...store, '--layer', layer, name))).toEqual({
        url: `https://registry.example/v2/team/os/blobs/${made.layers[index]!.digest}`,
      });
    }
  });

  it.each([
    ['ironcore, current', ['rootfs', 'initramfs', 'kernel', 'squashfs', 'uki', 'iso']],
    ['ironcore, legacy', [...layerTypes, 'squashfs.v1alpha1.squashfs']],
  ])('knows the layers of %s', async (_, ends) => {
    const types = ends.map((end) => `application/vnd.ironcore.image.${end}`);
    const { manifest, layers } = await makeStore('onmetal', 'ironcore', types);
    await writeIndex([tagged(manifest, name)]);
    const parts = ['rootfs', 'initramfs', 'kernel', 'squashfs', 'uki', 'iso'].slice(0, ends.length);
    for (const [index, part] of parts.entries()) {
      const { url } = JSON.parse(await succeed('url', ...store, '--layer', part, name)) as { url: string };
      expect(url).toContain(layers[index]!.digest);
    }
  });

  it('wants a registry', async () => {
    const { exit, stderr } = await run('url', ...store, made.manifest.digest);
    expect(exit).toBe(2);
    expect(stderr).toContain('does not say which registry');
  });
});

describe('ingot copy --store-path', () => {
  it('pushes to the registry of the name, or to another, and skopeo reads it', async () => {
    await using docker = await DockerRegistry.start();
    const registry = await startRegistry();
    for (const { host } of [docker, registry]) {
      const reference = `${host}/team/os:1.0`;
      await succeed('tag', ...store, made.manifest.digest, reference);
      expect(await succeed('copy', ...store, reference)).toBe(
        `Successfully pushed ${reference} ${hex(made.manifest)}\n`,
      );
      const raw = await skopeo(['inspect', '--raw', '--tls-verify=false', `docker://${reference}`]);
      expect(digestOf(Buffer.from(raw))).toBe(made.manifest.digest);
      expect(await succeed('copy', ...store, made.manifest.digest, `docker://${host}/other/os:2`)).toBe(
        `Successfully pushed ${host}/other/os:2 ${hex(made.manifest)}\n`,
      );
    }
    const json = JSON.parse(await succeed('copy', ...store, `${registry.host}/team/os:1.0`, '--json')) as object;
    expect(json).toMatchObject({ digest: made.manifest.digest, sent: { blobs: 0 }, present: { blobs: 1 } });
  });

  it('pulls into a store that it makes, as onmetal-image lays it out', async () => {
    const registry = await startRegistry();
    await succeed('copy', ...store, made.manifest.digest, `docker://${registry.host}/os:1`);
    const reference = `${registry.host}/os:1`;
    const pulled = await succeed('copy', '--store-path=pulled', `docker://${reference}`);
    expect(pulled).toBe(`Successfully pulled ${reference} ${hex(made.manifest)}\n`);
    expect((await readdir(at('pulled'))).sort()).toEqual(['blobs', 'index.json', 'ingest', 'oci-layout']);
    expect(await readFile(at('pulled/oci-layout'), 'utf8')).toBe('{"imageLayoutVersion":"1.0.0"}');
    expect(JSON.parse(await indexOf('pulled'))).toEqual({
      schemaVersion: 2,
      manifests: [made.manifest, tagged(made.manifest, reference)],
    });
    for (const blob of await readdir(at('pulled/blobs/sha256'))) {
      expect((await stat(at('pulled/blobs/sha256', blob))).mode & 0o777, blob).toBe(0o444);
    }
    for (const [file, mode] of [
      ['index.json', 0o644],
      ['oci-layout', 0o644],
      ['ingest', 0o755],
    ] as const) {
      expect((await stat(at('pulled', file))).mode & 0o777, file).toBe(mode);
    }
    await succeed('copy', '--store-path=pulled', `docker://${reference}`, name);
    expect((JSON.parse(await indexOf('pulled')) as { manifests: unknown[] }).manifests).toEqual([
      made.manifest,
      tagged(made.manifest, reference),
      tagged(made.manifest, name),
    ]);
    expect(await readdir(at('pulled/ingest'))).toEqual([]);
  });

  it('brings an index with all its images, or the one of a platform', async () => {
    const registry = await startRegistry();
    const index = await makeImage();
    await succeed('copy', 'oci:image', `docker://${registry.host}/os:1`);
    await succeed('copy', ...store, `docker://${registry.host}/os:1`);
    expect(await succeed('list', ...store)).toContain(hex(index).slice(0, 12));
    const reference = `${registry.host}/os:1`;
    await succeed('copy', ...store, `docker://${reference}`, 'registry.example/arm:1', '--platform=linux/arm64');
    expect(JSON.parse(await succeed('inspect', ...store, 'registry.example/arm:1'))).toMatchObject({
      config: platforms[1],
    });
    await succeed('copy', ...store, reference, `docker://${registry.host}/again:1`);
  });

  it.each([
    [['copy', ...store], 'name an image of the store'],
    [['copy', ...store, 'oci:image', `docker://${name}`], 'is no image of the store'],
    [['copy', ...store, name, 'other.example/os:1'], 'Did you mean docker://other.example/os:1?'],
    [['copy', ...store, `docker://${name}`, 'v1'], 'is no full reference'],
    [['copy', ...store, `sha256:${'0'.repeat(64)}`], 'does not say which registry'],
    [['copy', ...store, name, `docker://${name}`, 'more'], 'one argument too many'],
    [['list', '--store-path', ''], '--store-path names no folder'],
    [['list', ...store, 'oci:image'], 'one argument too many'],
  ])('exits with 2 for %j', async (args, text) => {
    const { exit, stdout, stderr } = await run(...args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(text);
  });
});

describe('stores of others', () => {
  it('are read as skopeo writes them', async () => {
    await makeImage();
    await skopeo(['copy', '-q', '--override-arch=amd64', `oci:${at('image')}:1.0`, `oci:${at('skopeo')}:${name}`]);
    expect(await succeed('list', '--store-path=skopeo')).toContain('registry.example/team/os 1.0 ');
    expect(JSON.parse(await succeed('inspect', '--store-path=skopeo', name))).toMatchObject({ config: platforms[0] });
  });

  it('are read by skopeo when we have tagged in them', async () => {
    const { manifest } = made;
    await succeed('tag', ...store, manifest.digest, name);
    const raw = await skopeo(['inspect', '--raw', `oci:${at('onmetal')}:${name}`]);
    expect(digestOf(Buffer.from(raw))).toBe(manifest.digest);
  });

  it('need neither oci-layout nor ingest nor a compact index, and are not written to by who reads', async () => {
    await rm(at('onmetal/oci-layout'));
    await rm(at('onmetal/ingest'), { recursive: true });
    const index = { schemaVersion: 2, mediaType: oci.index, manifests: [tagged(made.manifest, name)] };
    await writeFile(at('onmetal/index.json'), `${JSON.stringify(index, undefined, 4)}\n`);
    const disk = at('read-only');
    await mkdir(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]);
    try {
      execFileSync('cp', ['-r', at('onmetal'), disk]);
      execFileSync('mount', ['-o', 'remount,ro', disk]);
      const there = ['--store-path', join(disk, 'onmetal')];
      const before = entriesBelow(disk);
      for (const args of [['list'], ['inspect', name], ['url', name], ['url', name, '--layer=kernel']]) {
        await succeed(...args, ...there);
      }
      expect(entriesBelow(disk)).toEqual(before);
      const denied = await run('tag', ...there, name, 'registry.example/x:1');
      expect(denied).toMatchObject({ exit: 1, stdout: '' });
      expect(denied.stderr).toContain('INGOT_UNWRITABLE');
    } finally {
      execFileSync('umount', [disk]);
    }
    await succeed('tag', ...store, name, 'registry.example/x:1');
    expect((await readdir(at('onmetal'))).sort()).toEqual(['blobs', 'index.json', 'ingest', 'oci-layout']);
  });

  it.each<readonly [string, () => Promise<void>, string]>([
    ['no index.json', () => rm(at('onmetal/index.json')), 'INGOT_LAYOUT'],
    ['no folder', () => rm(at('onmetal'), { recursive: true }), 'INGOT_LAYOUT'],
    ['no JSON', () => writeFile(at('onmetal/index.json'), '{'), 'INGOT_LAYOUT'],
    ['a digest that is a path', () => writeIndex([{ ...made.manifest, digest: 'sha256:../../x' }]), 'INGOT_LAYOUT'],
    ['a size below nothing', () => writeIndex([{ ...made.manifest, size: -1 }]), 'INGOT_LAYOUT'],
    ['another version', () => writeFile(at('onmetal/oci-layout'), '{"imageLayoutVersion":"2"}'), 'INGOT_LAYOUT'],
    ['an index of 5 MiB', () => writeFile(at('onmetal/index.json'), ' '.repeat(5 << 20)), 'INGOT_BLOB_LIMIT'],
    ['a loop of links', () => loop(at('onmetal/index.json')), 'INGOT_'],
    ['a folder for an index', () => folderInstead(at('onmetal/index.json')), 'INGOT_'],
    ['a pipe for an index', async () => pipeInstead(at('onmetal/index.json')), 'INGOT_FILE'],
  ])('with %s are an error', async (_, spoil, code) => {
    await spoil();
    const { exit, stdout, stderr } = await run('list', ...store);
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
    expect(stderr).toContain(code);
  });

  it.each<readonly [string, (blob: string) => Promise<void> | void, string]>([
    ['are other bytes', (blob) => overwrite(blob, 'x'.repeat(36)), 'INGOT_BLOB_WRONG'],
    ['are longer', (blob) => overwrite(blob, 'x'.repeat(1000)), 'INGOT_BLOB_WRONG'],
    ['are gone', (blob) => rm(blob), 'INGOT_BLOB_MISSING'],
    ['are a link round and round', loop, 'INGOT_'],
    ['are a folder', folderInstead, 'INGOT_BLOB_MISSING'],
    ['are a pipe', pipeInstead, 'INGOT_BLOB_MISSING'],
  ])('whose manifest or config %s are an error', async (_, spoil, code) => {
    const blobs = [hex(made.manifest), digestOf(Buffer.from('{"commandLine":"root=LABEL=ROOT ro"}')).slice(7)];
    for (const blob of blobs) {
      made = await makeStoreAgain();
      await spoil(at('onmetal/blobs/sha256', blob));
      const { exit, stdout, stderr } = await run('inspect', ...store, made.manifest.digest);
      expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
      expect(stderr).toContain(code);
    }
  });

  it('push no layer that is not what its digest says', async () => {
    const registry = await startRegistry();
    await overwrite(at('onmetal/blobs/sha256', hex(made.layers[0]!)), 'x'.repeat(made.layers[0]!.size));
    const { exit, stderr } = await run('copy', ...store, made.manifest.digest, `docker://${registry.host}/os:1`);
    expect(exit).toBe(1);
    expect(stderr).toContain('INGOT_BLOB_WRONG');
    expect([...registry.repository('os').tags]).toEqual([]);
  });

  it('with indexes within indexes come to an end', async () => {
    const memory = new MemoryStore();
    let root: Descriptor = made.manifest;
    for (let depth = 0; depth < 12; depth++) {
      root = await keep(memory, oci.index, { schemaVersion: 2, mediaType: oci.index, manifests: [root] });
      for await (const bytes of memory.fetch(root)) await overwrite(at('onmetal/blobs/sha256', hex(root)), bytes);
    }
    await writeIndex([root]);
    const registry = await startRegistry();
    const { exit, stderr } = await run('copy', ...store, root.digest, `docker://${registry.host}/os:1`);
    expect(exit).toBe(1);
    expect(stderr).toContain('INGOT_MANIFEST');
  });
});

async function makeStoreAgain(): Promise<Made> {
  await rm(at('onmetal'), { recursive: true });
  const again = await makeStore();
  await writeIndex([again.manifest]);
  return again;
}

async function overwrite(path: string, content: string | Uint8Array): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, content);
}

async function loop(path: string): Promise<void> {
  await rm(path);
  await symlink(path, path);
}

async function folderInstead(path: string): Promise<void> {
  await rm(path);
  await mkdir(path);
}

async function pipeInstead(path: string): Promise<void> {
  await rm(path);
  execFileSync('mkfifo', [path]);
}
