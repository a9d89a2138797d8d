import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, oci } from '@ingot/content';
import type { FormatRoot } from '../../format/format.ts';
import { ironcore, legacy } from '../../format/ironcore/media-types.ts';
import { onmetal } from '../../format/onmetal/store.ts';
import type { BootInput } from '../context.ts';
import { description } from '../test/rig.ts';
import { readRegistryImage } from './ironcore.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-ironcore-'));
  await mkdir(join(folder, 'blobs/sha256'), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const pathOf = (digest: string) => join(folder, 'blobs', ...digest.split(':'));

async function blob(mediaType: string, value: unknown) {
  const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));
  const digest = digestOf(bytes);
  await writeFile(pathOf(digest), bytes);
  return { mediaType, digest, size: bytes.length };
}

type MediaTypes = Record<'config' | 'rootfs' | 'initramfs' | 'kernel', string>;

async function image(types: MediaTypes, name: string, config: object = { commandLine: `console=${name}` }) {
  const layers = [
    await blob(types.rootfs, `root of ${name}`),
    await blob(types.initramfs, `initramfs of ${name}`),
    await blob(types.kernel, `kernel of ${name}`),
  ];
  const manifest = { schemaVersion: 2, config: await blob(types.config, config), layers };
  return { manifest: await blob(oci.manifest, manifest), layers, value: manifest };
}

function read(roots: readonly FormatRoot[], architecture: 'amd64' | 'arm64' = 'amd64') {
  const result = {
    ingot: 'os-image-result/v1',
    format: 'ironcore',
    name: 'x',
    version: '1',
    files: [],
    roots,
  } as const;
  const input = { description: description(folder), architecture, format: { folder, result } };
  return readRegistryImage(input as unknown as BootInput);
}

const rootOf = (descriptor: { mediaType: string; digest: string; size: number }, suffix = ''): FormatRoot => ({
  ...descriptor,
  layout: '.',
  suffix,
});

describe('an image out of its layout', () => {
  it.each([
    ['ironcore', ironcore],
    ['ironcore legacy', legacy],
    ['onmetal', onmetal],
  ])('of %s', async (_, types) => {
    const { manifest, layers } = await image(types, 'one');
    expect(await read([rootOf(manifest)])).toEqual({
      rootfs: pathOf(layers[0]!.digest),
      initramfs: pathOf(layers[1]!.digest),
      kernel: pathOf(layers[2]!.digest),
      commandLine: 'console=one',
    });
  });

  it('is the one of its architecture, by the index or by a root of its own', async () => {
    const [amd64, arm64] = [await image(ironcore, 'amd64'), await image(ironcore, 'arm64')];
    const entry = ({ manifest }: typeof amd64, architecture: string) => ({
      ...manifest,
      platform: { architecture, os: 'linux' },
    });
    const index = await blob(oci.index, {
      schemaVersion: 2,
      manifests: [entry(amd64, 'amd64'), entry(arm64, 'arm64')],
    });
    expect(await read([rootOf(index)], 'arm64')).toMatchObject({ commandLine: 'console=arm64' });
    const roots = [rootOf(amd64.manifest, '-amd64'), rootOf(arm64.manifest, '-arm64')];
    expect(await read(roots, 'arm64')).toMatchObject({ commandLine: 'console=arm64' });
    const alone = await blob(oci.index, { schemaVersion: 2, manifests: [entry(arm64, 'arm64')] });
    await expect(read([rootOf(alone)])).rejects.toMatchObject({ code: 'INGOT_BOOT_IMAGE' });
  });

  it('may have no command line', async () => {
    const { manifest } = await image(onmetal, 'x', {});
    expect(await read([rootOf(manifest)])).toMatchObject({ commandLine: '' });
  });

  it('is refused where a part is missing, changed or elsewhere', async () => {
    const { manifest, layers, value } = await image(ironcore, 'x');
    const refused = { code: 'INGOT_BOOT_IMAGE' };
    const without = await blob(oci.manifest, { ...value, layers: layers.slice(0, 2) });
    await expect(read([rootOf(without)])).rejects.toMatchObject({ message: expect.stringContaining('no kernel') });
    await writeFile(join(folder, 'outside'), 'a kernel of somebody else');
    const escaping = { ...layers[2]!, digest: 'sha256:../../outside' };
    await expect(
      read([rootOf(await blob(oci.manifest, { ...value, layers: [...layers.slice(0, 2), escaping] }))]),
    ).rejects.toMatchObject(refused);
    await expect(read([])).rejects.toMatchObject(refused);
    await rm(pathOf(layers[0]!.digest));
    await expect(read([rootOf(manifest)])).rejects.toMatchObject(refused);
    await writeFile(pathOf(manifest.digest), '{}');
    await expect(read([rootOf(manifest)])).rejects.toMatchObject({
      message: expect.stringContaining('not what its digest'),
    });
  });
});
