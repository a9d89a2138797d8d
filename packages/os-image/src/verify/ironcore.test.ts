import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, oci, type Descriptor } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { makeIroncore } from '../format/ironcore/make.ts';
import { ironcore, legacy } from '../format/ironcore/media-types.ts';
import { resultOf, testInput } from '../format/test/input.ts';
import type { FormatResult } from '../format/format.ts';
import { madeFormat } from './test/made.ts';
import { verifyFormat } from './verify.ts';

const made = madeFormat('ironcore', makeIroncore, { architectures: ['amd64', 'arm64'] });
const { verify } = made;

interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
  annotations: Record<string, string>;
}

interface Index {
  manifests: (Descriptor & { platform?: { os: string; architecture: string } })[];
}

const blob = (digest: string): string => join(made.folder(), 'blobs/sha256', digest.slice(7));
const read = <T>(digest: string): T => JSON.parse(readFileSync(blob(digest), 'utf8')) as T;

function put(content: unknown, mediaType: string): Descriptor {
  const bytes = Buffer.from(JSON.stringify(content));
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  writeFileSync(blob(descriptor.digest), bytes);
  return descriptor;
}

/** Writes another index in place of ours. */
function index(change: (index: Index) => unknown): FormatResult {
  const [root, ...rest] = made.result().roots;
  const value = read<Index>(root!.digest);
  const other = put(change(value) ?? value, oci.index);
  return { ...made.result(), roots: [{ ...root!, ...other }, ...rest] };
}

/** Writes another manifest in place of the first architecture's. */
function manifest(change: (manifest: Manifest) => unknown): FormatResult {
  const changed = index(({ manifests }) => {
    const value = read<Manifest>(manifests[0]!.digest);
    Object.assign(manifests[0]!, put(change(value) ?? value, oci.manifest));
  });
  return { ...changed, roots: [changed.roots[0]!] };
}

const layer = (mediaType: string): Descriptor => put(mediaType, mediaType);
const only =
  (...types: string[]) =>
  () =>
    manifest((value) => void (value.layers = types.map(layer)));

describe("IronCore's rules", () => {
  it('find nothing wrong with what we make, but that boot-operator starts metal from squashfs or uki', async () => {
    expect(new Set((await verify()).map(({ level, rule }) => `${level} ${rule}`))).toEqual(
      new Set(['warning ironcore/network-boot']),
    );
    const input = await testInput(made.at(), {
      output: 'virtual',
      description: { ironcore: { variant: 'virtualization' } },
    });
    const result = resultOf('ironcore', await makeIroncore(input));
    expect(await verifyFormat(result, input.folder, input.description)).toEqual([]);
  });

  it.each([
    ['an unknown layer type', 'layer-type', () => manifest(({ layers }) => void layers.push(layer('application/x')))],
    [
      'the disk.img of its specification, which its client does not know',
      'layer-type',
      () => manifest(({ layers }) => void layers.push(layer('application/vnd.ironcore.image.disk.img'))),
    ],
    [
      'a config among the layers',
      'layer-type',
      () => manifest(({ layers }) => void layers.push(layer(ironcore.config))),
    ],
    ['nothing but a kernel', 'incomplete', only(ironcore.kernel)],
    ['no root file system', 'incomplete', only(ironcore.initramfs, ironcore.kernel)],
    ['a kernel without initramfs', 'incomplete', only(ironcore.rootfs, ironcore.kernel)],
    ['squashfs without a kernel', 'incomplete', only(ironcore.squashfs)],
    [
      'a virtual machine without a disk',
      'incomplete',
      () =>
        manifest((value) => {
          value.annotations['variant'] = 'virtualization';
          value.layers = [ironcore.squashfs, ironcore.kernel, ironcore.initramfs].map(layer);
        }),
    ],
    ['another variant', 'variant', () => manifest(({ annotations }) => void (annotations['variant'] = 'cloud'))],
    ['no variant', 'variant', () => manifest(({ annotations }) => void delete annotations['variant'])],
    [
      'another architecture than its entry',
      'architecture',
      () => manifest(({ annotations }) => void (annotations['architecture'] = 'arm64')),
    ],
    ['a config of another type', 'config', () => manifest((value) => void (value.config = put({}, oci.config)))],
    [
      'a config that is no object',
      'config',
      () => manifest((value) => void (value.config = put('x', ironcore.config))),
    ],
    ['an entry without a platform', 'platform', () => index(({ manifests }) => void delete manifests[0]!.platform)],
    [
      'an entry of another system',
      'platform',
      () => index(({ manifests }) => void (manifests[0]!.platform!.os = 'windows')),
    ],
    [
      'an entry of an unknown architecture',
      'platform',
      () => index(({ manifests }) => void (manifests[0]!.platform!.architecture = 'x86_64')),
    ],
    ['one architecture twice', 'duplicate', () => index(({ manifests }) => void manifests.push(manifests[0]!))],
    ['a root that is not in the index', 'root', () => index(({ manifests }) => void manifests.pop())],
    ['an index that is none', 'index', () => index(() => ({ schemaVersion: 2 }))],
    [
      'a manifest at the top',
      'index',
      () => ({ ...made.result(), roots: [{ ...made.result().roots[1]!, suffix: '' }] }),
    ],
    [
      'no index',
      'index',
      () => {
        rmSync(blob(made.result().roots[0]!.digest));
        return made.result();
      },
    ],
    [
      'no manifest',
      'manifest',
      () => {
        rmSync(blob(made.result().roots[1]!.digest));
        return made.result();
      },
    ],
    [
      'a layer that is another',
      'blob',
      () => {
        broken();
        return made.result();
      },
    ],
  ] as [string, string, () => FormatResult][])('refuse %s', async (_, rule, change) => {
    const errors = (await verify(change())).filter(({ level }) => level === 'error');
    expect(errors.map((finding) => finding.rule)).toContain(`ironcore/${rule}`);
  });

  it('take what network boot and older clients have', async () => {
    const types = [
      [ironcore.squashfs, ironcore.initramfs, ironcore.kernel, ironcore.uki],
      [legacy.rootfs, legacy.initramfs, legacy.kernel],
      [ironcore.iso],
    ];
    for (const each of types) {
      expect((await verify(only(...each)())).filter(({ level }) => level === 'error')).toEqual([]);
    }
  });
});

function broken(): void {
  const { layers } = read<Manifest>(made.result().roots[1]!.digest);
  const path = blob(layers[2]!.digest);
  const bytes = readFileSync(path);
  bytes[0]! ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}
