import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readFile, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { ExecutorContext } from '@nx/devkit';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openIso } from '@ingot/iso9660';
import { registryConfig, verifySolution } from '@ingot/solution';

import { runPack } from '../packages/solution/src/executors/pack/run.ts';
import { runPlan } from '../packages/solution/src/executors/plan/run.ts';
import { pyYaml } from '../tools/python.ts';
import { referee } from '../tools/referee.ts';
import { metalk8sRegistry } from './metalk8s-registry.ts';
import type { Registry } from './metalk8s-registry.ts';
import { blobPath, sampleLayout } from './sample-layout.ts';

/** Images in every form that a source can have; each layer's name is its content. */
const sources = {
  gzip: { layers: [{ base: 'base' }, { a: 'a'.repeat(100_000) }], compression: 'gzip' },
  zstd: { layers: [{ base: 'base' }, { b: 'b'.repeat(100_000) }], compression: 'zstd' },
  plain: { layers: [{ base: 'base' }, { c: 'c' }, { d: '' }], compression: 'none' },
} as const;
type SourceName = keyof typeof sources;
const names = Object.keys(sources) as SourceName[];

const repository = 'sample-1.0.0';
/** A dot in a name is one that a regular expression has to take literally. */
const imageName = (source: SourceName) => `my.${source}`;
const tagsOf = (source: SourceName) => (source === 'plain' ? ['1.0', 'stable'] : ['1.0']);

let folder: string;

beforeAll(async () => {
  // nginx's worker has to get in; and Nx's root is a real path.
  folder = await realpath(await mkdtemp(join(tmpdir(), 'ingot-registry-')));
  await chmod(folder, 0o755);
  for (const source of names) await sampleLayout(join(folder, 'solution', source), sources[source]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const skopeo = (...args: string[]) => execa(referee('skopeo'), ['--insecure-policy', ...args]);

/** Pulls an image out of the registry, by tag or digest, into a folder. */
async function pull(registry: Registry, reference: string): Promise<string> {
  const to = await mkdtemp(join(folder, 'pulled-'));
  await skopeo(
    'copy',
    '--quiet',
    '--src-tls-verify=false',
    `docker://${registry.host}/${repository}/${reference}`,
    `dir:${to}`,
  );
  return to;
}

interface Manifest {
  readonly mediaType: string;
  readonly config: { readonly digest: string };
  readonly layers: readonly { readonly digest: string }[];
}

const json = async <T>(path: string) => JSON.parse(await readFile(path, 'utf8')) as T;

/** The bytes of the config, and the digests of the unpacked layers, of an image in skopeo's dir: form. */
async function contentOf(dir: string): Promise<{ config: string; layers: string[] }> {
  const { config, layers } = await json<Manifest>(join(dir, 'manifest.json'));
  const blob = (digest: string) => join(dir, digest.slice('sha256:'.length));
  const unpacked = layers.map(async ({ digest }) => {
    const { stdout } = await execa(referee('gzip'), ['-dc', blob(digest)], { encoding: 'buffer' });
    return sha256(stdout);
  });
  return { config: await readFile(blob(config.digest), 'utf8'), layers: await Promise.all(unpacked) };
}

/** The same of the OCI layout that the image was made from. */
async function sourceContent(source: SourceName): Promise<{ config: string; layers: string[] }> {
  const layout = join(folder, 'solution', source);
  const { manifests } = await json<{ manifests: { digest: string }[] }>(join(layout, 'index.json'));
  const { config, layers } = await json<Manifest>(blobPath(layout, manifests[0]!));
  const program = { gzip: ['gzip', '-dc'], zstd: ['zstd', '-dcq'], plain: undefined } as const;
  const unpacked = layers.map(async (layer) => {
    const path = blobPath(layout, layer);
    const [name, option] = program[source] ?? [];
    if (name === undefined || option === undefined) return sha256(await readFile(path));
    return sha256((await execa(referee(name), [option, path], { encoding: 'buffer' })).stdout);
  });
  return { config: await readFile(blobPath(layout, config), 'utf8'), layers: await Promise.all(unpacked) };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

async function sum(path: string): Promise<string> {
  return `sha256:${sha256(await readFile(path))}`;
}

describe('the images that skopeo laid out, behind our configuration', () => {
  let registry: Registry;
  const images = () => join(folder, 'skopeo', 'images');
  /** skopeo makes no Docker schema 2 of zstd layers. */
  const convertible = names.filter((source) => source !== 'zstd');
  beforeAll(async () => {
    const list = [];
    for (const source of convertible) {
      for (const tag of tagsOf(source)) {
        const to = join(images(), imageName(source), tag);
        await mkdir(dirname(to), { recursive: true });
        const from = `oci:${join(folder, 'solution', source)}`;
        await skopeo(
          'copy',
          '--quiet',
          '--format',
          'v2s2',
          '--dest-compress',
          '--dest-compress-format',
          'gzip',
          from,
          `dir:${to}`,
        );
        list.push({ name: imageName(source), tag, digest: await sum(join(to, 'manifest.json')) });
      }
    }
    const served = { config: registryConfig(list), repository, registryRoot: images() };
    registry = await metalk8sRegistry(join(folder, 'nginx-skopeo'), [served]);
  });
  afterAll(() => registry?.stop());

  it.each(convertible)('can be pulled: %s', async (source) => {
    for (const tag of tagsOf(source)) {
      const from = join(images(), imageName(source), tag);
      const digest = await sum(join(from, 'manifest.json'));
      for (const reference of [`:${tag}`, `@${digest}`]) {
        const pulled = await pull(registry, imageName(source) + reference);
        expect(await sum(join(pulled, 'manifest.json'))).toBe(digest);
        expect((await readdir(pulled)).sort()).toEqual((await readdir(from)).sort());
      }
    }
  });
});

describe('the images of a packed Solution, as MetalK8s serves them', () => {
  let registry: Registry;
  let iso: string;
  let root: string;

  beforeAll(async () => {
    iso = await pack();
    root = join(folder, 'srv', repository);
    await mkdir(dirname(root), { recursive: true });
    // Extracted as a mounted ISO shows it: the Rock Ridge names and modes.
    await execa(referee('xorriso'), ['-osirrox', 'on', '-indev', iso, '-extract', '/', root]);
    const config = await readFile(join(root, 'registry-config.inc.j2'), 'utf8');
    const served = { config, repository, registryRoot: join(root, 'images') };
    registry = await metalk8sRegistry(join(folder, 'nginx-iso'), [served]);
  });
  afterAll(async () => {
    await registry?.stop();
    // What is read-only cannot be removed by everybody.
    if (root !== undefined) await execa('chmod', ['-R', 'u+w', root]);
  });

  it('break no rule', async () => {
    const image = await openIso(iso);
    try {
      const findings = await Array.fromAsync(verifySolution(image, { file: iso, deep: true }));
      expect(findings.filter(({ level }) => level === 'error')).toEqual([]);
    } finally {
      await image.close();
    }
  });

  it('are announced by a manifest that MetalK8s can read before it mounts the ISO', async () => {
    const { stdout } = await execa(referee('isoinfo'), ['-x', '/MANIFEST.YAML;1', '-i', iso]);
    expect(stdout).toBe((await readFile(join(root, 'manifest.yaml'), 'utf8')).trimEnd());
    const manifest = (await pyYaml(stdout)) as {
      metadata: { name: string };
      spec: { version: string; images: string[] };
    };
    expect(`${manifest.metadata.name}-${manifest.spec.version}`).toBe(repository);
    expect(manifest.spec.images).toEqual(
      names.flatMap((source) => tagsOf(source).map((tag) => `${imageName(source)}:${tag}`)).sort(),
    );
  });

  it.each(names)('can be pulled by tag and digest, with the config and layers of the source: %s', async (source) => {
    const wanted = await sourceContent(source);
    for (const tag of tagsOf(source)) {
      const manifest = join(root, 'images', imageName(source), tag, 'manifest.json');
      const digest = await sum(manifest);
      for (const reference of [`:${tag}`, `@${digest}`]) {
        const pulled = await pull(registry, imageName(source) + reference);
        expect(await sum(join(pulled, 'manifest.json'))).toBe(digest);
        expect(await contentOf(pulled)).toEqual(wanted);
      }
      const { headers } = await fetch(`${registry.url}/v2/${repository}/${imageName(source)}/manifests/${tag}`);
      expect(headers.get('docker-content-digest')).toBe(digest);
      expect(headers.get('content-type')).toBe('application/vnd.docker.distribution.manifest.v2+json');
    }
  });

  it('are listed with their tags', async () => {
    for (const source of names) {
      const { stdout } = await skopeo(
        'list-tags',
        '--tls-verify=false',
        `docker://${registry.host}/${repository}/${imageName(source)}`,
      );
      expect((JSON.parse(stdout) as { Tags: string[] }).Tags).toEqual(tagsOf(source));
    }
  });

  it('are the only ones', async () => {
    const status = async (path: string) => (await fetch(`${registry.url}/v2/${repository}/${path}`)).status;
    expect(await status('my.gzip/manifests/2.0')).toBe(404);
    expect(await status(`my.gzip/blobs/sha256:${'0'.repeat(64)}`)).toBe(404);
    const [blob] = (await json<Manifest>(join(root, 'images/my.gzip/1.0/manifest.json'))).layers;
    expect(await status(`my.gzip/blobs/${blob!.digest}`)).toBe(200);
    // Another name that a dot in a regular expression would match.
    expect(await status(`myxgzip/blobs/${blob!.digest}`)).toBe(404);
  });
});

describe('the locations that MetalK8s has itself', () => {
  it.each(['location = /v2/ { return 200; }', 'location = /v2 { return 301 /v2/; }'])(
    'would make nginx refuse everything, were they defined again: %s',
    async (location) => {
      const served = { config: `${registryConfig([])}${location}\n`, repository, registryRoot: folder };
      const files = await mkdtemp(join(folder, 'nginx-refused-'));
      const attempt = metalk8sRegistry(files, [served]).then((registry) => registry.stop());
      await expect(attempt).rejects.toThrow(/duplicate location/);
    },
  );
});

/** Plans and packs the Solution of these sources with the executors themselves. */
async function pack(): Promise<string> {
  const project = join(folder, 'solution');
  const images = names.map((source) => {
    const [tag, ...aliases] = tagsOf(source);
    return `  - { from: 'oci:${source}', name: ${imageName(source)}, tag: '${tag}', aliases: [${aliases.join(', ')}] }`;
  });
  const lines = [
    'ingot: solution/v1',
    'name: sample',
    'version: 1.0.0',
    'images:',
    ...images,
    'operator: { image: my.gzip }',
    '',
  ];
  await writeFile(join(project, 'solution.yaml'), lines.join('\n'));
  const before = process.env['INGOT_STORE'];
  process.env['INGOT_STORE'] = join(folder, 'store');
  try {
    const context = contextOf(folder);
    for (const run of [runPlan, runPack]) {
      const { success, terminalOutput } = await run({}, context);
      expect(success, terminalOutput).toBe(true);
    }
  } finally {
    if (before === undefined) delete process.env['INGOT_STORE'];
    else process.env['INGOT_STORE'] = before;
  }
  return join(project, 'dist', `${repository}.iso`);
}

function contextOf(root: string): ExecutorContext {
  const projects = { solution: { root: 'solution', targets: {} } };
  return {
    root,
    cwd: root,
    isVerbose: false,
    projectName: 'solution',
    targetName: 'pack',
    projectsConfigurations: { version: 2, projects },
    nxJsonConfiguration: {},
    projectGraph: { nodes: {}, dependencies: { solution: [] } },
  };
}
