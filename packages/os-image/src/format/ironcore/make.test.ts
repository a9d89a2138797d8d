import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { skopeo } from '../../../../../tools/registry/skopeo.ts';
import { testFolder } from '../../../../../tools/registry/temporary-folder.ts';
import { contentsOf } from '../test/folder-digest.ts';
import { testInput, version, type TestImage } from '../test/input.ts';
import { makeIroncore } from './make.ts';

const at = testFolder();

async function make(image: TestImage = {}) {
  const input = await testInput(at(), image);
  return { ...(await makeIroncore(input)), folder: input.folder };
}

interface Manifest {
  readonly config: { readonly mediaType: string; readonly digest: string };
  readonly layers: readonly { readonly mediaType: string; readonly digest: string }[];
  readonly annotations: object;
}

describe("IronCore's layout", () => {
  it('is an index of a manifest for each architecture, which skopeo finds by their tags', async () => {
    const { folder, roots } = await make({ architectures: ['amd64', 'arm64'] });
    const index = JSON.parse(await skopeo(['inspect', '--raw', `oci:${folder}:${version}`])) as {
      mediaType: string;
      manifests: { digest: string; platform: object }[];
    };
    expect(index.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(index.manifests.map(({ platform }) => platform)).toEqual([
      { architecture: 'amd64', os: 'linux' },
      { architecture: 'arm64', os: 'linux' },
    ]);
    expect(roots.map(({ suffix }) => suffix)).toEqual(['', '-amd64', '-arm64']);
    expect(roots.slice(1).map(({ digest }) => digest)).toEqual(index.manifests.map(({ digest }) => digest));
    expect(JSON.parse(await skopeo(['inspect', '--raw', `oci:${folder}:${version}-arm64`]))).toMatchObject({
      annotations: { architecture: 'arm64' },
    });
  });

  it('has the media types that ironcore-image writes today, and the annotations of its specification', async () => {
    const { folder } = await make({ description: { ironcore: { variant: 'virtualization' } } });
    const manifest = JSON.parse(await skopeo(['inspect', '--raw', `oci:${folder}:${version}-amd64`])) as Manifest;
    expect(manifest.config.mediaType).toBe('application/vnd.ironcore.image.config.v1+json');
    expect(manifest.layers.map(({ mediaType }) => mediaType)).toEqual([
      'application/vnd.ironcore.image.rootfs',
      'application/vnd.ironcore.image.initramfs',
      'application/vnd.ironcore.image.kernel',
    ]);
    expect(manifest.annotations).toEqual({
      'org.opencontainers.image.title': 'demo virtualization (amd64)',
      variant: 'virtualization',
      architecture: 'amd64',
    });
    const config = readFileSync(join(folder, 'blobs/sha256', manifest.config.digest.slice(7)), 'utf8');
    expect(JSON.parse(config)).toEqual({
      commandLine: expect.stringMatching(/^root=UUID=[0-9a-f-]{36} console=ttyS0,115200$/),
    });
  });

  it('tells its files, which have the digests that it says', async () => {
    const { folder, files } = await make();
    expect(files.map(({ role }) => role)).toEqual(['index', 'manifest', 'rootfs', 'initramfs', 'kernel']);
    for (const { path, size } of files) expect(statSync(join(folder, path)).size).toBe(size);
  });

  it('is named by the references that it is pushed to', async () => {
    const place = { file: 'os-image.yaml', line: 1, column: 1 };
    const push = {
      format: 'ironcore',
      place,
      repository: 'registry.example/demo',
      tags: ['v{version}'],
      attach: true,
      information: false,
    } as const;
    const { folder } = await make({ description: { push: [push] } });
    await skopeo(['inspect', '--raw', `oci:${folder}:registry.example/demo:v${version}`]);
    await skopeo(['inspect', '--raw', `oci:${folder}:registry.example/demo:v${version}-amd64`]);
  });

  it('is the same in another folder, with another umask', async () => {
    const first = await make();
    const before = contentsOf(first.folder);
    rmSync(first.folder, { recursive: true });
    const umask = process.umask(0o077);
    try {
      expect(contentsOf((await make({ output: 'elsewhere' })).folder)).toEqual(before);
    } finally {
      process.umask(umask);
    }
  });
});
