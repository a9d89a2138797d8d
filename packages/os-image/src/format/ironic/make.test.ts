import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeJson, digestOf, LayoutStore, once, validate, type Descriptor } from '@ingot/content';
import { ironicLines, ironicSettings } from '@ingot/oci';
import type { ArtifactResult } from '@ingot/workspace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import type { Architecture, OsImageDescription } from '../../description/description.ts';
import { espType } from '../disk/gpt/guid.ts';
import { gptPatches } from '../disk/gpt/write.ts';
import { identifiersOf } from '../disk/identifiers.ts';
import type { FormatFile, FormatInput, MadeFormat } from '../format.ts';
import { resultOf, testInput } from '../test/input.ts';
import { artifactType, makeIronic } from './make.ts';
import { verifyIronic } from './verify.ts';

let folder = '';
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ingot-ironic-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A whole disk of 4 MiB with a partition table and hardly anything else. */
function writeDisk(path: string, name: string): void {
  const bytes = Buffer.alloc(4 * 2 ** 20);
  const partition = { name, type: espType, uuid: identifiersOf(name, '').esp, offset: 2 ** 20, size: 2 ** 20 };
  const table = { diskUuid: identifiersOf(name, '').disk, diskSize: bytes.length, partitions: [partition] };
  for (const patch of gptPatches(table)) patch.bytes.copy(bytes, patch.position);
  writeFileSync(path, bytes);
}

async function ironicInput(
  place: string,
  ironic: Partial<OsImageDescription['ironic']> = {},
  architectures: readonly Architecture[] = ['amd64'],
  roles: readonly ('raw' | 'qcow2' | 'qcow2-compressed')[] = ['raw', 'qcow2'],
): Promise<FormatInput> {
  const whole = { outputs: ['qcow2', 'raw'], kernelAndRamdisk: true, imagePullSecret: undefined, ...ironic } as const;
  const input = await testInput(join(folder, place), { architectures, description: { ironic: whole } });
  const disks = join(folder, place, 'disks');
  mkdirSync(disks);
  const files: FormatFile[] = [];
  for (const architecture of architectures) {
    const raw = join(disks, `demo-${architecture}.raw`);
    writeDisk(raw, architecture);
    for (const role of roles) {
      const path = `demo-${architecture}.${role}`;
      const args = ['convert', ...(role === 'qcow2-compressed' ? ['-c'] : []), '-O', 'qcow2', raw, join(disks, path)];
      if (role !== 'raw') execFileSync(referee('qemu-img'), args);
      const bytes = readFileSync(join(disks, path));
      files.push({ path, size: bytes.length, digest: digestOf(bytes), architecture, role });
    }
  }
  return { ...input, disks: { folder: disks, result: resultOf('disk', { files, roots: [] }) } };
}

function blob<T>(input: FormatInput, { digest }: { readonly digest: string }): T {
  return JSON.parse(readFileSync(join(input.folder, 'blobs/sha256', digest.slice(7)), 'utf8')) as T;
}

interface Index {
  readonly manifests: readonly Descriptor[];
}

describe('makeIronic', () => {
  it('makes the index that Ironic chooses from, and kernel and ramdisk beside it', async () => {
    const input = await ironicInput('one');
    const made = await makeIronic(input);
    expect(made.roots.map(({ suffix }) => suffix)).toEqual(['', '-kernel', '-ramdisk']);
    const { manifests } = blob<Index>(input, made.roots[0]!);
    expect(manifests).toMatchObject([
      { annotations: { disktype: 'qcow2' }, platform: { os: 'linux', architecture: 'amd64' }, artifactType },
      { annotations: { disktype: 'raw' }, platform: { os: 'linux', architecture: 'amd64' }, artifactType },
    ]);
    for (const [i, title] of ['demo-amd64.qcow2', 'demo-amd64.raw'].entries()) {
      const manifest = blob<{ layers: Descriptor[]; config: Descriptor }>(input, manifests[i]!);
      expect(manifest).toMatchObject({
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType,
        config: { mediaType: 'application/vnd.oci.empty.v1+json' },
        layers: [{ annotations: { 'org.opencontainers.image.title': title } }],
      });
    }
    const tags = blobTags(input);
    expect(tags).toEqual(['12.0.20260101', '12.0.20260101-kernel', '12.0.20260101-ramdisk']);
    const copy = ['copy', '--all', `oci:${input.folder}:12.0.20260101`, `oci:${join(folder, 'copied')}:one`];
    execFileSync(referee('skopeo'), ['--insecure-policy', ...copy], { stdio: 'pipe' });
    expect(await verifyIronic({ folder: input.folder, result: made })).toEqual([]);
  });

  it('is a whole layout, whose disks lie there once', async () => {
    const input = await ironicInput('once');
    const made = await makeIronic(input);
    const store = new LayoutStore(input.folder);
    for (const root of await store.roots()) {
      expect((await Array.fromAsync(validate(store, root))).filter(({ level }) => level === 'error')).toEqual([]);
    }
    const raw = made.files.find(({ role }) => role === 'raw')!;
    expect(statSync(join(input.folder, raw.path)).ino).toBe(statSync(join(input.disks!.folder, 'demo-amd64.raw')).ino);
    const hash = createHash('sha256')
      .update(readFileSync(join(input.folder, raw.path)))
      .digest('hex');
    expect(raw).toMatchObject({ digest: `sha256:${hash}`, path: `blobs/sha256/${hash}`, architecture: 'amd64' });
  });

  it('copies where the layout is on another disk', async () => {
    const input = await ironicInput('copied-over');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', input.folder]);
    try {
      const made = await makeIronic(input);
      expect(await verifyIronic({ folder: input.folder, result: made })).toEqual([]);
    } finally {
      execFileSync('umount', [input.folder]);
    }
  });

  it('tells what push needs to print the lines of an operator', async () => {
    const made = await makeIronic(await ironicInput('lines', { imagePullSecret: 'registry' }));
    const [artifact] = made.facts?.['artifacts'] as ArtifactResult[];
    const lines = ironicLines(ironicSettings(artifact!, { repository: 'registry.example/os', tag: '12' })!);
    const [, kernel, ramdisk] = made.roots.map(({ digest }) => digest);
    expect(lines.split('\n').slice(0, 4)).toEqual([
      'image_source=oci://registry.example/os:12',
      `deploy_kernel=oci://registry.example/os@${kernel}`,
      `deploy_ramdisk=oci://registry.example/os@${ramdisk}`,
      'image_pull_secret=registry',
    ]);
    expect(lines).toMatch(
      /# demo-amd64\.qcow2 \(qcow2, linux\/amd64\): image_source=oci:\/\/registry.example\/os@sha256:/,
    );
  });

  it('has one index for all architectures, and each its own kernel', async () => {
    const input = await ironicInput('several', { outputs: ['raw'] }, ['amd64', 'arm64']);
    const made = await makeIronic(input);
    expect(made.roots.map(({ suffix }) => suffix)).toEqual([
      '',
      '-kernel-amd64',
      '-ramdisk-amd64',
      '-kernel-arm64',
      '-ramdisk-arm64',
    ]);
    expect(blob<Index>(input, made.roots[0]!).manifests.map(({ platform }) => platform?.architecture)).toEqual([
      'amd64',
      'arm64',
    ]);
    const [, arm64] = made.facts?.['artifacts'] as ArtifactResult[];
    expect(arm64?.files.map(({ title }) => title)).toEqual([
      'demo-arm64.raw',
      'demo-arm64.vmlinuz',
      'demo-arm64.initrd',
    ]);
    expect(await verifyIronic({ folder: input.folder, result: made })).toEqual([]);
  });

  it('is the same elsewhere, and without kernel and ramdisk where they are not wanted', async () => {
    const options = { kernelAndRamdisk: false };
    const [one, two] = [await ironicInput('same', options), await ironicInput('same again', options)];
    const before = process.umask(0o077);
    const first = await makeIronic(one).finally(() => process.umask(before));
    expect(await makeIronic(two)).toEqual(first);
    expect(first.roots.map(({ suffix }) => suffix)).toEqual(['']);
    expect(readFileSync(join(two.folder, 'index.json'))).toEqual(readFileSync(join(one.folder, 'index.json')));
    for (const path of ['blobs', 'blobs/sha256']) expect(statSync(join(one.folder, path)).mode & 0o777).toBe(0o755);
  });

  it('takes the compressed of two qcow2', async () => {
    const input = await ironicInput('compressed', { outputs: ['qcow2'] }, ['amd64'], ['qcow2', 'qcow2-compressed']);
    const made = await makeIronic(input);
    const compressed = input.disks!.result.files.find(({ role }) => role === 'qcow2-compressed')!;
    expect(made.files[0]?.digest).toBe(compressed.digest);
  });

  it('names the disk that is missing, is none, or has changed', async () => {
    const without = await ironicInput('without', {}, ['amd64'], ['raw']);
    await expect(makeIronic(without)).rejects.toMatchObject({ code: 'INGOT_OS_IMAGE_DISK', place: { line: 3 } });

    const none = await ironicInput('none', { outputs: ['raw'] });
    writeFileSync(join(none.disks!.folder, 'demo-amd64.raw'), Buffer.alloc(4 * 2 ** 20));
    await expect(makeIronic(none)).rejects.toMatchObject({ code: 'INGOT_IRONIC_PARTITION', place: { line: 3 } });

    const changed = await ironicInput('changed', { outputs: ['raw'] });
    truncateSync(join(changed.disks!.folder, 'demo-amd64.raw'), 5 * 2 ** 20);
    await expect(makeIronic(changed)).rejects.toMatchObject({ code: 'INGOT_OS_IMAGE_CHANGED' });
  });
});

function blobTags({ folder: layout }: FormatInput): (string | undefined)[] {
  const { manifests } = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')) as Index;
  return manifests.map(({ annotations }) => annotations?.['org.opencontainers.image.ref.name']);
}

describe('verifyIronic', () => {
  let input: FormatInput;
  let made: MadeFormat;
  beforeAll(async () => {
    input = await ironicInput('verified');
    made = await makeIronic(input);
  });

  /** The rules that are broken where one entry and its manifest are changed. */
  async function after(
    change: (entry: Descriptor, manifest: Record<string, unknown>) => { entry?: object; manifest?: object },
  ): Promise<string[]> {
    const store = new LayoutStore(input.folder);
    const index = blob<Index & Record<string, unknown>>(input, made.roots[0]!);
    const [first, ...others] = index.manifests;
    const changed = change(first!, blob(input, first!));
    const put = async (mediaType: string, value: unknown): Promise<Descriptor> => {
      const bytes = encodeJson(value);
      const descriptor = { mediaType, digest: digestOf(bytes), size: bytes.length };
      await store.push(descriptor, once(bytes));
      return descriptor;
    };
    const manifest = changed.manifest ? await put(first!.mediaType, changed.manifest) : undefined;
    const entry = { ...(changed.entry ?? first!), ...manifest };
    const root = await put('application/vnd.oci.image.index.v1+json', { ...index, manifests: [entry, ...others] });
    await store.setRoots([{ ...root, annotations: { 'org.opencontainers.image.ref.name': 'x' } }]);
    const findings = await verifyIronic({ folder: input.folder, result: { roots: [{ ...made.roots[0]!, ...root }] } });
    return findings.map(({ level, rule }) => `${level} ${rule}`);
  }

  it('sees entries that Ironic passes over, or cannot tell apart', async () => {
    expect(await after(() => ({}))).toEqual([]);
    expect(await after((entry) => ({ entry: { ...entry, annotations: {} } }))).toEqual(['error ironic/disktype']);
    expect(await after((entry) => ({ entry: { ...entry, annotations: { disktype: 'vmdk' } } }))).toEqual([
      'error ironic/disktype',
    ]);
    expect(await after(({ platform: _, ...entry }) => ({ entry }))).toEqual(['warning ironic/platform']);
    const other = { os: 'linux', architecture: 's390x' };
    expect(await after((entry) => ({ entry: { ...entry, platform: other } }))).toEqual(['error ironic/platform']);
    expect(await after((entry) => ({ entry: { ...entry, annotations: { disktype: 'raw' } } }))).toEqual([
      'error ironic/disk',
      'error ironic/twice',
    ]);
  });

  it('sees manifests that Ironic takes for containers or does not read', async () => {
    type Manifest = { layers: Descriptor[] } & Record<string, unknown>;
    const manifest = (change: (manifest: Manifest) => object) =>
      after((_, given) => ({ manifest: change(given as Manifest) }));
    const config = { ...made.roots[0]!, mediaType: 'application/vnd.oci.image.config.v1+json' };
    expect(await manifest(({ artifactType: _, ...rest }) => rest)).toEqual(['warning ironic/artifact-type']);
    expect(await manifest((given) => ({ ...given, config }))).toEqual(['warning ironic/artifact-type']);
    expect(await manifest(({ artifactType: _, ...rest }) => ({ ...rest, config }))).toEqual([
      'error ironic/artifact-type',
    ]);
    expect(await manifest(({ mediaType: _, ...rest }) => rest)).toEqual(['error ironic/media-type']);
    expect(await manifest((given) => ({ ...given, layers: [...given.layers, ...given.layers] }))).toEqual([
      'error ironic/layers',
    ]);
    const layer = (change: object) => (given: Manifest) => ({ ...given, layers: [{ ...given.layers[0]!, ...change }] });
    expect(await manifest(layer({ mediaType: 'application/x-disk+gzip' }))).toEqual(['error ironic/compressed']);
    expect(await manifest(layer({ annotations: {} }))).toEqual(['warning ironic/title']);
    expect(await manifest(layer({ size: 7 }))).toEqual(['error ironic/blob']);
  });

  it('sees a file that is gone', async () => {
    const { path } = made.files.find(({ role }) => role === 'kernel')!;
    expect(existsSync(join(input.folder, path))).toBe(true);
    rmSync(join(input.folder, path));
    const findings = await verifyIronic({ folder: input.folder, result: { roots: [made.roots[1]!] } });
    expect(findings.map(({ rule }) => rule)).toContain('ironic/blob');
  });
});
