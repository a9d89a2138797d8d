import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { openRegistries } from '@ingot/registry';
import { describe, expect, it } from 'vitest';
import { DockerRegistry } from '../../../../tools/registry/docker-registry.ts';
import { OciRegistry } from '../../../../tools/registry/oci-registry.ts';
import { skopeo } from '../../../../tools/registry/skopeo.ts';
import { referee } from '../../../../tools/referee.ts';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import type { PushDescription } from '../description/description.ts';
import type { Format } from '../description/formats.ts';
import type { MakeFormat } from '../format/format.ts';
import { makeContainer } from '../format/container/make.ts';
import { makeGardenlinux } from '../format/gardenlinux/make.ts';
import { makeIroncore } from '../format/ironcore/make.ts';
import { makeOnmetal } from '../format/onmetal/make.ts';
import { resultOf, testInput, version, type TestImage } from '../format/test/input.ts';
import { dryRunFormats, pushFormats, type PushFormatsOptions } from './push.ts';
import type { BuiltFormat } from './pushable.ts';

const at = testFolder();
const place = { file: 'os-image.yaml', line: 9, column: 17 };

const makers: Partial<Record<Format, MakeFormat>> = {
  onmetal: makeOnmetal,
  ironcore: makeIroncore,
  gardenlinux: makeGardenlinux,
  container: makeContainer,
};

function pushOf(host: string, format: Format, more: Partial<PushDescription> = {}): PushDescription {
  const repository = `${host}/team/${format}`;
  return { format, place, repository, tags: ['{version}'], attach: false, information: false, ...more };
}

async function built(push: readonly PushDescription[], image: TestImage = {}) {
  const formats: BuiltFormat[] = [];
  for (const { format } of push) {
    const input = await testInput(at(), { ...image, output: format });
    const make = makers[format];
    const made = make === undefined ? { files: [], roots: [] } : await make(input);
    formats.push({ result: resultOf(format, made), folder: input.folder });
  }
  const { rootfs, rootfsFolder, signal } = await testInput(at(), image);
  const registries = openRegistries({ env: { HOME: at('home'), INGOT_STORE: at('store') } });
  const options: PushFormatsOptions = { version, rootfs, rootfsFolder, registries, signal };
  const description = { name: 'demo', file: 'os-image.yaml', push };
  return {
    formats,
    options,
    push: (more: Partial<PushFormatsOptions> = {}) => pushFormats(description, formats, { ...options, ...more }),
    dryRun: () => dryRunFormats(description, formats, options),
    [Symbol.asyncDispose]: () => registries.close(),
  };
}

describe('a push', () => {
  it('sends the roots of each format to their repositories and tags', async () => {
    await using registry = await OciRegistry.start();
    const push = [
      pushOf(registry.host, 'onmetal', { tags: ['{version}', 'latest'] }),
      pushOf(registry.host, 'ironcore'),
    ];
    await using image = await built(push, { architectures: ['amd64', 'arm64'] });
    const result = await image.push();
    expect(result).toMatchObject({ ingot: 'push-result/v1', name: 'demo', version });
    const base = `${registry.host}/team`;
    expect(result.formats.map(({ references }) => references.map(({ reference }) => reference))).toEqual([
      [
        `${base}/onmetal:${version}-amd64`,
        `${base}/onmetal:latest-amd64`,
        `${base}/onmetal:${version}-arm64`,
        `${base}/onmetal:latest-arm64`,
      ],
      [`${base}/ironcore:${version}`, `${base}/ironcore:${version}-amd64`, `${base}/ironcore:${version}-arm64`],
    ]);
    const [root] = image.formats[1]!.result.roots;
    const raw = await skopeo(['inspect', '--tls-verify=false', '--raw', `docker://${base}/ironcore:${version}`]);
    expect(`sha256:${execFileSync('sha256sum', { input: raw }).toString().slice(0, 64)}`).toBe(root!.digest);
    expect((await image.push()).sent).toEqual({ blobs: 0, bytes: 0 });
  });

  it('attaches os-release, manifest and log to the image of their architecture', async () => {
    await using registry = await OciRegistry.start();
    await using image = await built([pushOf(registry.host, 'onmetal', { attach: true })], {
      architectures: ['amd64', 'arm64'],
    });
    const { references } = await image.push();
    const { roots } = image.formats[0]!.result;
    const repository = image.options.registries.repository(`${registry.host}/team/onmetal`);
    for (const [i, architecture] of ['amd64', 'arm64'].entries()) {
      const referrers = await repository.referrers(roots[i]!.digest);
      expect(referrers.map(({ artifactType }) => artifactType).sort()).toEqual([
        'build/log',
        'build/manifest',
        'build/os-release',
      ]);
      const { digest } = referrers.find(({ artifactType }) => artifactType === 'build/os-release')!;
      const artifact = await skopeo([
        'inspect',
        '--tls-verify=false',
        '--raw',
        `docker://${registry.host}/team/onmetal@${digest}`,
      ]);
      expect(JSON.parse(artifact)).toMatchObject({
        subject: { digest: roots[i]!.digest },
        layers: [
          {
            annotations: { 'org.opencontainers.image.title': `demo-${architecture}-${version}.os-release` },
            size: expect.any(Number),
          },
        ],
      });
    }
    expect(references.filter(({ attachedTo }) => attachedTo === roots[0]!.digest)).toHaveLength(3);
  });

  it('attaches in a registry without a referrers API as well, by its tags', async () => {
    await using registry = await DockerRegistry.start();
    await using image = await built([pushOf(registry.host, 'ironcore', { attach: true })]);
    await image.push();
    // To the manifest of the architecture, not to the index.
    const [, manifest] = image.formats[0]!.result.roots;
    const tag = manifest!.digest.replace(':', '-');
    const list = await skopeo([
      'inspect',
      '--tls-verify=false',
      '--raw',
      `docker://${registry.host}/team/ironcore:${tag}`,
    ]);
    expect((JSON.parse(list) as { manifests: unknown[] }).manifests).toHaveLength(3);
  });

  it('makes an image that docker and podman can pull, with the files, and what os-release says', async () => {
    await using registry = await DockerRegistry.start();
    await using image = await built([pushOf(registry.host, 'onmetal', { information: true })]);
    const { references } = await image.push();
    const name = `${registry.host}/team/onmetal:${version}-info`;
    expect(references.map(({ reference }) => reference)).toContain(name);
    await skopeo(['copy', '--src-tls-verify=false', `docker://${name}`, `oci:${at('pulled')}:info`]);
    execFileSync(referee('umoci'), ['unpack', '--rootless', '--image', `${at('pulled')}:info`, at('bundle')]);
    expect(readdirSync(at('bundle/rootfs')).sort()).toEqual(['log', 'manifest', 'os-release']);
    expect(readFileSync(at('bundle/rootfs/os-release'), 'utf8')).toContain('ID=demo');
    const { Labels } = JSON.parse(await skopeo(['inspect', '--tls-verify=false', `docker://${name}`])) as {
      Labels: object;
    };
    expect(Labels).toEqual({
      'org.opencontainers.image.title': 'Demo 12',
      'org.opencontainers.image.version': version,
    });
  });

  it('sends what is in the archive of Garden Linux, and leaves nothing unpacked', async () => {
    await using registry = await OciRegistry.start();
    await using image = await built([pushOf(registry.host, 'gardenlinux')]);
    const [{ result, folder }] = image.formats as [BuiltFormat];
    await image.push();
    expect(readdirSync(dirname(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
    const reference = `docker://${registry.host}/team/gardenlinux:${version}`;
    const raw = await skopeo(['inspect', '--tls-verify=false', '--raw', reference]);
    expect(JSON.parse(raw)).toMatchObject({ layers: [{}, {}, {}] });
    expect(result.roots[0]!.digest).toBe(`sha256:${execFileSync('sha256sum', { input: raw }).toString().slice(0, 64)}`);
  });

  it('sends container images', async () => {
    await using registry = await OciRegistry.start();
    await using image = await built([pushOf(registry.host, 'container')]);
    await image.push();
    const reference = `docker://${registry.host}/team/container:${version}`;
    await skopeo(['copy', '--src-tls-verify=false', reference, `oci:${at('pulled')}:x`]);
  });

  it.each([
    ['INGOT_OS_IMAGE_PUSH', 'metal-stack', {}],
    ['INGOT_PUSH_REPOSITORY', 'onmetal', { repository: 'registry.example/demo:v1' }],
    ['INGOT_PUSH_REGISTRY', 'onmetal', { repository: 'team/demo' }],
    ['INGOT_PUSH_TAG', 'onmetal', { tags: ['a b'] }],
  ] as [string, Format, Partial<PushDescription>][])(
    'is refused with %s at its place: %s %j',
    async (code, format, more) => {
      await using image = await built([pushOf('registry.example', format, more)]);
      await expect(image.push()).rejects.toMatchObject({ code, place });
      await expect(image.dryRun()).rejects.toMatchObject({ code, place });
    },
  );

  it('without the format’s output is refused', async () => {
    await using image = await built([]);
    const description = { name: 'demo', push: [pushOf('registry.example', 'onmetal')] };
    await expect(pushFormats(description, [], image.options)).rejects.toMatchObject({
      code: 'INGOT_OS_IMAGE_PUSH',
      place,
    });
  });

  it('goes below the registry of nx.json', async () => {
    await using registry = await OciRegistry.start();
    await using image = await built([pushOf(registry.host, 'onmetal', { repository: 'demo' })]);
    const { references } = await image.push({ registry: `${registry.host}/below` });
    expect(references[0]!.reference).toBe(`${registry.host}/below/demo:${version}`);
  });

  it('that fails names what was pushed before', async () => {
    await using registry = await OciRegistry.start();
    await using image = await built([pushOf(registry.host, 'onmetal'), pushOf(registry.host, 'ironcore')]);
    writeFileSync(
      join(image.formats[1]!.folder, 'blobs/sha256', image.formats[1]!.result.roots[0]!.digest.slice(7)),
      '',
    );
    await expect(image.push()).rejects.toMatchObject({
      place,
      help: expect.stringContaining(`pushed before it failed: ${registry.host}/team/onmetal:${version}`),
    });
    expect(registry.repository('team/ironcore').tags.size).toBe(0);
  });
});

describe('a dry run', () => {
  it('says what would go where, and sends nothing', async () => {
    await using registry = await OciRegistry.start();
    await using image = await built([pushOf(registry.host, 'onmetal', { attach: true, information: true })]);
    const text = await image.dryRun();
    expect(text).toContain('nothing is pushed (dry run)');
    expect(text).toContain(`tag ${version}: would be new`);
    expect(text).toContain(`tag ${version}-info: would be new`);
    expect(text).toContain('would attach build/os-release, build/manifest, build/log');
    expect(registry.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD')).toEqual([]);
  });
});
