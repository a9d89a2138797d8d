import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, oci, type Descriptor } from '@ingot/content';
import { beforeEach, describe, expect, it } from 'vitest';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { makeIroncore } from '../format/ironcore/make.ts';
import { ironcore, legacy } from '../format/ironcore/media-types.ts';
import { resultOf, testInput, type TestImage } from '../format/test/input.ts';
import type { FormatResult } from '../format/format.ts';
import type { Finding } from './finding.ts';
import { verifyFormat } from './verify.ts';

const at = testFolder();
let folder: string;
let result: FormatResult;
let verify: (changed?: FormatResult) => Promise<readonly Finding[]>;

async function make(image: TestImage = {}): Promise<void> {
  const input = await testInput(at(), { architectures: ['amd64', 'arm64'], ...image });
  result = resultOf('ironcore', await makeIroncore(input));
  folder = input.folder;
  verify = (changed = result) => verifyFormat(changed, folder, input.description);
}

beforeEach(() => make());

interface Manifest {
  config: Descriptor;
  layers: Descriptor[];
  annotations: Record<string, string>;
}

interface Index {
  manifests: (Descriptor & { platform?: { os: string; architecture: string } })[];
}

const blob = (digest: string): string => join(folder, 'blobs/sha256', digest.slice(7));
const read = <T>(digest: string): T => JSON.parse(readFileSync(blob(digest), 'utf8')) as T;

function put(content: unknown, mediaType: string): Descriptor {
  const bytes = Buffer.from(JSON.stringify(content));
  const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
  writeFileSync(blob(descriptor.digest), bytes);
  return descriptor;
}

/** Writes another index in place of ours. */
function index(change: (index: Index) => unknown): FormatResult {
  const [root, ...rest] = result.roots;
  const value = read<Index>(root!.digest);
  const made = put(change(value) ?? value, oci.index);
  return { ...result, roots: [{ ...root!, ...made }, ...rest] };
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
    await make({ output: 'virtual', description: { ironcore: { variant: 'virtualization' } } });
    expect(await verify()).toEqual([]);
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
    ['a manifest at the top', 'index', () => ({ ...result, roots: [{ ...result.roots[1]!, suffix: '' }] })],
    [
      'no index',
      'index',
      () => {
        rmSync(blob(result.roots[0]!.digest));
        return result;
      },
    ],
    [
      'no manifest',
      'manifest',
      () => {
        rmSync(blob(result.roots[1]!.digest));
        return result;
      },
    ],
    [
      'a layer that is another',
      'blob',
      () => {
        broken();
        return result;
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
  const { layers } = read<Manifest>(result.roots[1]!.digest);
  const path = blob(layers[2]!.digest);
  const bytes = readFileSync(path);
  bytes[0]! ^= 1;
  chmodSync(path, 0o644);
  writeFileSync(path, bytes);
}
