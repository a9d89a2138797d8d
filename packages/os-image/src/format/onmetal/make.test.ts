import { readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { skopeo } from '../../../../../tools/registry/skopeo.ts';
import { testFolder } from '../../../../../tools/registry/temporary-folder.ts';
import type { PushDescription } from '../../description/description.ts';
import { contentsOf } from '../test/folder-digest.ts';
import { testInput, version, type TestImage } from '../test/input.ts';
import { makeOnmetal } from './make.ts';
import { onmetalStore } from './store.ts';

const at = testFolder();

const push: PushDescription = {
  format: 'onmetal',
  place: { file: 'os-image.yaml', line: 1, column: 1 },
  repository: 'registry.example/team/demo',
  tags: ['{version}', 'latest'],
  attach: true,
  information: false,
};

async function make(image: TestImage = {}) {
  const input = await testInput(at(), image);
  return { ...(await makeOnmetal(input)), input, folder: input.folder };
}

const read = (...names: string[]): string => readFileSync(join(...names), 'utf8');
const blob = (folder: string, digest: string): string => read(folder, 'blobs/sha256', digest.slice(7));

describe("onmetal-image's local store", () => {
  it('is what its build leaves: compact JSON in the order of its structs, no media type at the top', async () => {
    const { folder, roots } = await make();
    const [root] = roots;
    expect(read(folder, 'oci-layout')).toBe('{"imageLayoutVersion":"1.0.0"}');
    const { digest, size } = root!;
    expect(read(folder, 'index.json')).toBe(
      `{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"${digest}","size":${size}}]}`,
    );
    const manifest = blob(folder, digest);
    expect(manifest).toMatch(
      /^\{"schemaVersion":2,"config":\{"mediaType":"application\/vnd\.onmetal\.image\.config\.v1alpha1\+json","digest":"sha256:[0-9a-f]{64}","size":\d+\},"layers":\[/,
    );
    const { config, layers } = JSON.parse(manifest) as Record<string, { mediaType: string; digest: string }[]>;
    expect(layers!.map(({ mediaType }) => mediaType)).toEqual([
      'application/vnd.onmetal.image.rootfs.v1alpha1.rootfs',
      'application/vnd.onmetal.image.initramfs.v1alpha1.initramfs',
      'application/vnd.onmetal.image.vmlinuz.v1alpha1.vmlinuz',
    ]);
    expect(layers!.slice(1).map((layer) => blob(folder, layer.digest))).toEqual(['initrd of amd64', 'kernel of amd64']);
    expect(blob(folder, (config as unknown as { digest: string }).digest)).toMatch(
      /^\{"commandLine":"root=UUID=[0-9a-f-]{36} console=ttyS0,115200"\}$/,
    );
  });

  it('has the modes of its files, an empty ingest, and the disk as it is, with its holes', async () => {
    const { folder, input, files } = await make();
    const mode = (name: string) => statSync(join(folder, name)).mode & 0o777;
    for (const name of ['.', 'blobs', 'blobs/sha256', 'ingest'].slice(1)) expect(mode(name)).toBe(0o755);
    for (const name of ['index.json', 'oci-layout']) expect(mode(name)).toBe(0o644);
    const blobs = readdirSync(join(folder, 'blobs/sha256'));
    for (const name of blobs) expect(mode(join('blobs/sha256', name))).toBe(0o444);
    expect(readdirSync(join(folder, 'ingest'))).toEqual([]);
    expect(files.map(({ path }) => path).sort()).toEqual(
      [...blobs.map((name) => `blobs/sha256/${name}`), 'index.json', 'oci-layout'].sort(),
    );
    const raw = input.disks!.result.files[0]!;
    const disk = join(folder, 'blobs/sha256', raw.digest.slice(7));
    expect(readFileSync(disk).equals(readFileSync(join(input.disks!.folder, raw.path)))).toBe(true);
    expect(statSync(disk).blocks * 512).toBeLessThan(raw.size / 2);
  });

  it('names each full reference that it is pushed to, behind the plain entry', async () => {
    const { folder } = await make({ description: { push: [push, { ...push, format: 'ironcore' }] } });
    const { manifests } = JSON.parse(read(folder, 'index.json')) as { manifests: { annotations?: object }[] };
    expect(manifests.map(({ annotations }) => annotations)).toEqual([
      undefined,
      { 'org.opencontainers.image.ref.name': `registry.example/team/demo:${version}` },
      { 'org.opencontainers.image.ref.name': 'registry.example/team/demo:latest' },
    ]);
  });

  it('names none that has no host yet', async () => {
    const { folder } = await make({ description: { push: [{ ...push, repository: 'team/demo' }] } });
    expect(read(folder, 'index.json')).not.toContain('ref.name');
  });

  it('holds all architectures, their tags apart', async () => {
    const { folder, roots } = await make({ architectures: ['amd64', 'arm64'], description: { push: [push] } });
    expect(roots.map(({ suffix }) => suffix)).toEqual(['-amd64', '-arm64']);
    expect(read(folder, 'index.json')).toContain(`"registry.example/team/demo:${version}-arm64"`);
  });

  it('is read by skopeo', async () => {
    const { folder, roots } = await make({ description: { push: [push] } });
    const raw = await skopeo(['inspect', '--raw', `oci:${folder}:registry.example/team/demo:latest`]);
    expect(digestOf(Buffer.from(raw))).toBe(roots[0]!.digest);
  });

  it('escapes what Go escapes, and has an empty config for an empty command line', () => {
    const source = { path: '/x', size: 1, digest: `sha256:${'1'.repeat(64)}` };
    const image = { architecture: 'amd64', rootfs: source, initramfs: source, kernel: source } as const;
    const texts = (commandLine: string) =>
      onmetalStore([{ image: { ...image, commandLine }, references: [] }]).files.map(({ content }) =>
        content instanceof Uint8Array ? Buffer.from(content).toString() : '',
      );
    expect(texts('a=<b>&"c"\u2028')).toContain('{"commandLine":"a=\\u003cb\\u003e\\u0026\\"c\\"\\u2028"}');
    expect(texts('')).toContain('{}');
  });

  it.each([
    ['kernel', 'INGOT_OS_IMAGE_KERNEL', { without: ['kernel'] }],
    ['initrd', 'INGOT_OS_IMAGE_KERNEL', { without: ['initrd'] }],
  ] as [string, string, TestImage][])('is refused without %s', async (_, code, image) => {
    await expect(make(image)).rejects.toMatchObject({ code, place: expect.anything() });
  });

  it('is refused without a disk, or with one that is not what its target made', async () => {
    const { disks, ...input } = await testInput(at());
    await expect(makeOnmetal(input)).rejects.toMatchObject({ code: 'INGOT_OS_IMAGE_DISK' });
    writeFileSync(join(disks!.folder, 'demo-amd64.raw'), Buffer.alloc(1024 * 1024));
    await expect(makeOnmetal({ ...input, disks: disks! })).rejects.toMatchObject({ code: 'INGOT_OS_IMAGE_CHANGED' });
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
