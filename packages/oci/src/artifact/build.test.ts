import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { digestOf, LayoutStore, parseIndex, readBlob, validate, type Descriptor } from '@ingot/content';
import { formatError, type ArtifactResult } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { runArtifact, type ArtifactOptions } from '../executors/artifact/run.ts';
import { readArtifactFile } from './description.ts';
import { buildArtifact } from './build.ts';
import { convert, noise, partitionedDisk } from './test/disks.ts';

const run = promisify(execFile);
const MiB = 1024 * 1024;

let root: string;
let context: ExecutorContext;
beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'ingot-artifact-')));
  const project = (name: string, targets: object) => [name, { name, type: 'app', data: { root: name, targets } }];
  const nodes = Object.fromEntries([
    project('app', { artifact: { executor: '@ingot/oci:artifact' } }),
    project('maker', { pack: { executor: 'x', outputs: ['{projectRoot}/dist'] } }),
  ]);
  context = { root, projectName: 'app', projectGraph: { nodes } } as unknown as ExecutorContext;
});
afterEach(async () => {
  delete process.env['SOURCE_DATE_EPOCH'];
  await rm(root, { recursive: true });
});

async function write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
}

const head = 'ingot: artifact/v1\nname: thing\nversion: 1.0.0\n';

async function build(body: string, options: ArtifactOptions = {}): Promise<ArtifactResult> {
  await write({ 'app/artifact.yaml': head + body });
  await runArtifact(options, context);
  return JSON.parse(await readFile(join(root, 'app/dist/artifact.json'), 'utf8')) as ArtifactResult;
}

/** What is printed for an artifact that cannot be made. */
async function refused(body: string): Promise<string> {
  const error: unknown = await build(body).then(
    () => new Error('nothing was wrong'),
    (thrown: unknown) => thrown,
  );
  return formatError(error, { cwd: root });
}

const layout = () => join(root, 'app/dist/artifact');

/** A manifest or index, as skopeo hands it out. */
async function raw(tag: string): Promise<Record<string, unknown>> {
  const { stdout } = await run(referee('skopeo'), ['inspect', '--raw', `oci:${layout()}:${tag}`]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function blob(digest: string): Promise<Buffer> {
  const bytes = await readFile(join(layout(), 'blobs/sha256', digest.slice(7)));
  expect(digestOf(bytes)).toBe(digest);
  return bytes;
}

async function json(digest: string): Promise<Record<string, unknown>> {
  return JSON.parse((await blob(digest)).toString()) as Record<string, unknown>;
}

/** That the layout is whole and sound, by content's rules. */
async function expectSound(): Promise<void> {
  const store = new LayoutStore(layout());
  const errors = [];
  for (const each of await store.roots()) {
    for await (const finding of validate(store, each)) if (finding.level === 'error') errors.push(finding);
  }
  expect(errors).toEqual([]);
}

const emptyDigest = 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a';
const empty = { mediaType: 'application/vnd.oci.empty.v1+json', digest: emptyDigest, size: 2, data: 'e30=' };

describe('files', () => {
  it('are one manifest, as `oras push` makes it', async () => {
    await write({ 'app/notes.txt': 'hello', 'app/docs/b.bin': noise(3 * MiB) });
    const body = `files:
  - { from: docs/b.bin, mediaType: application/x-thing, annotations: { level: 1.10 } }
  - { from: notes.txt, title: read/me.txt }
annotations: { org.opencontainers.image.vendor: Example }
`;
    const result = await build(body);
    const layer = (bytes: Uint8Array) => ({ digest: digestOf(bytes), size: bytes.length });
    expect(await raw('1.0.0')).toEqual({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      artifactType: 'application/vnd.unknown.artifact.v1',
      config: empty,
      layers: [
        {
          mediaType: 'application/x-thing',
          ...layer(noise(3 * MiB)),
          annotations: { level: '1.10', 'org.opencontainers.image.title': 'b.bin' },
        },
        {
          mediaType: 'application/octet-stream',
          ...layer(Buffer.from('hello')),
          annotations: { 'org.opencontainers.image.title': 'read/me.txt' },
        },
      ],
      annotations: { 'org.opencontainers.image.vendor': 'Example' },
    });
    expect((await blob(emptyDigest)).toString()).toBe('{}');
    expect(result).toMatchObject({
      ingot: 'artifact-result/v1',
      name: 'thing',
      version: '1.0.0',
      roots: [{ suffix: '', role: 'artifact', mediaType: 'application/vnd.oci.image.manifest.v1+json' }],
      files: [
        { title: 'b.bin', role: 'file', size: 3 * MiB, manifest: result.roots[0]!.digest },
        { title: 'read/me.txt', role: 'file', digest: digestOf(Buffer.from('hello')) },
      ],
    });
    await expectSound();
  });

  it('are copied by skopeo with their digest', async () => {
    await write({ 'app/notes.txt': 'hello' });
    const { roots } = await build('artifactType: application/vnd.example.notes\nfiles: [{ from: notes.txt }]\n');
    const copy = join(root, 'copy');
    await run(referee('skopeo'), ['copy', `oci:${layout()}:1.0.0`, `oci:${copy}:1.0.0`]);
    const { manifests } = JSON.parse(await readFile(join(copy, 'index.json'), 'utf8')) as { manifests: Descriptor[] };
    expect(manifests[0]!.digest).toBe(roots[0]!.digest);
  });

  it('that name platforms are an index, and those that name none are in each manifest', async () => {
    await write({ 'app/a': 'amd', 'app/b': 'arm', 'app/c': 'both' });
    const result = await build(
      'files:\n  - { from: a, title: tool, platform: linux/x86_64 }\n  - { from: c }\n  - { from: b, title: tool, platform: linux/arm64/v8 }\n',
    );
    const index = (await raw('1.0.0')) as { mediaType: string; manifests: Descriptor[] };
    expect(index.mediaType).toBe('application/vnd.oci.image.index.v1+json');
    expect(index.manifests.map(({ platform, artifactType }) => ({ platform, artifactType }))).toEqual([
      { platform: { os: 'linux', architecture: 'amd64' }, artifactType: 'application/vnd.unknown.artifact.v1' },
      {
        platform: { os: 'linux', architecture: 'arm64', variant: 'v8' },
        artifactType: 'application/vnd.unknown.artifact.v1',
      },
    ]);
    const titles = await Promise.all(
      index.manifests.map(async ({ digest }) =>
        ((await json(digest))['layers'] as Descriptor[]).map((layer) => layer.digest),
      ),
    );
    const of = (text: string) => digestOf(Buffer.from(text));
    expect(titles).toEqual([
      [of('amd'), of('both')],
      [of('both'), of('arm')],
    ]);
    expect(result.roots).toMatchObject([{ suffix: '', role: 'index' }]);
    expect(result.files.map(({ title, platform }) => [title, platform])).toEqual([
      ['tool', 'linux/amd64'],
      ['c', 'linux/amd64'],
      ['c', 'linux/arm64/v8'],
      ['tool', 'linux/arm64/v8'],
    ]);
    await expectSound();
  });

  it("may be another project's, by a glob that matches one: an ISO with its version in its name", async () => {
    await write({ 'maker/dist/solution-0.3.0.iso': 'iso', 'maker/dist/plan.json': '{}' });
    const { files } = await build('files: [{ project: maker, target: pack, from: dist/*.iso }]\n');
    expect(files).toMatchObject([{ title: 'solution-0.3.0.iso', digest: digestOf(Buffer.from('iso')) }]);
    await write({ 'maker/dist/solution-0.4.0.iso': 'iso' });
    expect(await refused('files: [{ project: maker, target: pack, from: dist/*.iso }]\n')).toBe(
      `app/artifact.yaml:4:41  INGOT_ARTIFACT_SEVERAL  "dist/*.iso" matches 2 files: dist/solution-0.3.0.iso, dist/solution-0.4.0.iso
  help: an entry is one file: remove what is left of earlier builds, or write an entry for each`,
    );
  });

  it('that are one file are in the layout once', async () => {
    await write({ 'app/a': 'same', 'app/b': 'same' });
    await symlink('a', join(root, 'app/link'));
    await build('files: [{ from: a }, { from: a, title: again }, { from: b }, { from: link }]\n');
    // Manifest, config, file.
    expect(await readdir(join(layout(), 'blobs/sha256'))).toHaveLength(3);
    expect(await readdir(layout())).toEqual(['blobs', 'index.json', 'oci-layout']);
  });
});

describe('an artifact', () => {
  it('is the same whenever and wherever it is made', async () => {
    await write({ 'app/a': 'a' });
    const first = await build('files: [{ from: a }]\n');
    const index = await readFile(join(layout(), 'index.json'));
    await utimes(join(root, 'app/a'), 1, 1);
    expect(await build('files: [{ from: a }]\n')).toEqual(first);
    expect(await readFile(join(layout(), 'index.json'))).toEqual(index);
    expect(JSON.stringify(await raw('1.0.0'))).not.toContain('created');
  });

  it('says when it was created only where SOURCE_DATE_EPOCH does', async () => {
    process.env['SOURCE_DATE_EPOCH'] = '1700000000';
    await write({ 'app/a': 'a' });
    await build('files: [{ from: a }]\n');
    expect((await raw('1.0.0'))['annotations']).toEqual({
      'org.opencontainers.image.created': '2023-11-14T22:13:20Z',
    });
    await build('files: [{ from: a }]\nannotations: { org.opencontainers.image.created: "2001-01-01T00:00:00Z" }\n');
    expect((await raw('1.0.0'))['annotations']).toEqual({
      'org.opencontainers.image.created': '2001-01-01T00:00:00Z',
    });
  });

  it('that cannot be made leaves the old one as it was', async () => {
    await write({ 'app/a': 'a' });
    const first = await build('files: [{ from: a }]\n');
    await refused('files: [{ from: a }, { from: b }]\n');
    expect(JSON.parse(await readFile(join(root, 'app/dist/artifact.json'), 'utf8'))).toEqual(first);
    await expectSound();
    expect((await readdir(join(root, 'app/dist'))).sort()).toEqual(['artifact', 'artifact.json']);
  });

  it('tells what it made', async () => {
    await write({ 'app/a': Buffer.alloc(2_000_000) });
    await write({ 'app/artifact.yaml': `${head}files: [{ from: a }]\n` });
    const { terminalOutput } = await runArtifact({}, context);
    const digest = digestOf(await readFile(join(layout(), 'blobs/sha256', (await rootHex())!)));
    expect(terminalOutput!.replace(/in .*\n$/, '')).toBe(`thing:1.0.0  ${digest}\n  a  2.0 MB\n  `);
  });

  async function rootHex(): Promise<string | undefined> {
    return (await new LayoutStore(layout()).roots())[0]?.digest.slice(7);
  }

  it('tells how many bytes it reads, each file once', async () => {
    await write({
      'app/a': noise(5000),
      'app/b': 'b',
      'app/artifact.yaml': `${head}files: [{ from: a }, { from: b }]\n`,
    });
    const told: number[] = [];
    await buildArtifact(await readArtifactFile(join(root, 'app/artifact.yaml')), {
      layoutDir: layout(),
      resultFile: `${layout()}.json`,
      time: undefined,
      folderOf: ({ from }) => ({ base: join(root, 'app'), boundary: root, from }),
      onTotal: (bytes) => told.push(bytes),
      onBytes: (bytes) => told.push(bytes),
    });
    expect(told).toEqual([5001, 5000, 1]);
  });

  it('may lie elsewhere, in a folder of that name', async () => {
    await write({ 'app/a': 'a', 'app/artifact.yaml': `${head}files: [{ from: a }]\n` });
    await runArtifact({ outputPath: 'dist/app/artifact' }, context);
    expect(await readdir(join(root, 'dist/app'))).toEqual(['artifact', 'artifact.json']);
    await expect(runArtifact({ outputPath: 'dist/app/else' }, context)).rejects.toMatchObject({
      code: 'INGOT_OPTION_VALUE',
    });
  });
});

describe('what cannot be in an artifact', () => {
  it('is said at its place, all of it at once', async () => {
    await write({ 'app/empty': '', 'app/folder/x': 'x', 'app/notes.txt': 'x', outside: 'x' });
    await symlink('../outside', join(root, 'app/out'));
    await symlink('nowhere', join(root, 'app/dangling'));
    await run('mkfifo', [join(root, 'app/pipe')]);
    const text = await refused(`files:
  - { from: note.txt }
  - { from: empty }
  - { from: folder }
  - { from: ../outside }
  - { from: out }
  - { from: dangling }
  - { from: pipe }
  - { from: '*.md' }
`);
    expect(text.split('\n').filter((line) => !line.startsWith('  help'))).toEqual([
      'app/artifact.yaml:5:7  INGOT_ARTIFACT_NO_FILE  "note.txt" does not exist; did you mean "notes.txt"?',
      'app/artifact.yaml:6:7  INGOT_ARTIFACT_EMPTY  "empty" is empty',
      'app/artifact.yaml:7:7  INGOT_ARTIFACT_FILE_TYPE  "folder" is a folder',
      'app/artifact.yaml:8:7  INGOT_ARTIFACT_PATH  "../outside" leaves the project',
      'app/artifact.yaml:9:7  INGOT_ARTIFACT_PATH  "out" is a link that leaves the project',
      'app/artifact.yaml:10:7  INGOT_ARTIFACT_PATH  "dangling" is a link that leads nowhere',
      'app/artifact.yaml:11:7  INGOT_ARTIFACT_FILE_TYPE  "pipe" is neither file nor folder (a socket, pipe or device)',
      'app/artifact.yaml:12:7  INGOT_ARTIFACT_NO_FILE  "*.md" matches no file',
    ]);
  });

  it('is a project, target or output that is not there', async () => {
    expect(await refused('files: [{ project: makr, target: pack, from: x }]\n')).toContain(
      'app/artifact.yaml:4:11  INGOT_PROJECT_UNKNOWN  no project "makr"; did you mean "maker"?',
    );
    expect(await refused('files: [{ project: maker, target: pac, from: x }]\n')).toContain(
      'app/artifact.yaml:4:27  INGOT_TARGET_UNKNOWN  project "maker" has no target "pac"; did you mean "pack"?',
    );
    expect(await refused('files: [{ project: maker, target: pack, from: src/x }]\n')).toContain(
      'app/artifact.yaml:4:41  INGOT_IMAGE_NOT_OUTPUT  "src/x" is no output of maker:pack',
    );
  });

  it('is a name that two files would have', async () => {
    await write({ 'app/a/x': '1', 'app/b/x': '2' });
    expect(await refused('files: [{ from: a/x }, { from: b/x }]\n')).toContain(
      'app/artifact.yaml:4:26  INGOT_ARTIFACT_TITLE  there is a file with the title "x" already',
    );
    expect(await refused('files: [{ from: a/x }, { from: b/x, title: x }]\n')).toContain('app/artifact.yaml:4:37  ');
  });

  it('is a file whose name nobody could write', async () => {
    await write({ 'app/a\tb.txt': '1' });
    expect(await refused('files: [{ from: "*.txt" }]\n')).toContain(
      'app/artifact.yaml:4:11  INGOT_ARTIFACT_TITLE  the file\'s name "a\\tb.txt" cannot be its title',
    );
    expect((await build('files: [{ from: "*.txt", title: b.txt }]\n')).files).toMatchObject([{ title: 'b.txt' }]);
  });

  it('is a file that changes while it is read', async () => {
    await write({ 'app/a': noise(5000), 'app/artifact.yaml': `${head}files: [{ from: a }]\n` });
    const description = await readArtifactFile(join(root, 'app/artifact.yaml'));
    const changing = buildArtifact(description, {
      layoutDir: layout(),
      resultFile: `${layout()}.json`,
      time: undefined,
      folderOf: ({ from }) => ({ base: join(root, 'app'), boundary: root, from }),
      onTotal: () => void import('node:fs').then(({ appendFileSync }) => appendFileSync(join(root, 'app/a'), 'more')),
    });
    await expect(changing).rejects.toMatchObject({ code: 'INGOT_ARTIFACT_CHANGED', place: { line: 4, column: 11 } });
  });

  it('is more than a manifest holds', async () => {
    await write({ 'app/a': 'a' });
    const anchor = `x: &long { text: "${'\u00e9'.repeat(60_000)}" }`;
    const entries = Array.from({ length: 90 }, (_, i) => `  - { from: a, title: f${i}, annotations: *long }`);
    const text = await refused(
      `annotations: ${anchor.slice(3)}\nfiles:\n${entries.join('\n')}\n`.replace(
        /^annotations: &long/,
        'annotations: &long',
      ),
    );
    expect(text).toMatch(/^app\/artifact.yaml:1:1 {2}INGOT_ARTIFACT_SIZE {2}the manifest would have 1\d+ bytes/);
    expect(await readdir(join(root, 'app/dist')).catch(() => [])).toEqual([]);
  });
});

describe('disks', () => {
  const body = `disks:
  - { from: debian.qcow2, disktype: qcow2, platform: linux/amd64, annotations: { os: debian } }
  - { from: debian.raw, disktype: raw, platform: linux/x86_64 }
  - { from: arm.raw, disktype: raw, platform: linux/aarch64, title: debian-arm.raw }
kernel: { from: ipa.vmlinuz }
ramdisk: { from: ipa.initramfs, title: ramdisk.gz }
artifactType: application/vnd.example.disk
annotations: { vendor: Example }
imagePullSecret: registry-pull
`;
  const small = partitionedDisk(MiB, noise(5000));
  const arm = partitionedDisk(2 * MiB, noise(500, 3));
  beforeEach(async () => {
    await write({
      'app/debian.raw': small,
      'app/arm.raw': arm,
      'app/ipa.vmlinuz': 'MZ',
      'app/ipa.initramfs': '\x1f\x8b',
    });
    await convert(small, join(root, 'app/debian.qcow2'), '-O', 'qcow2');
  });

  interface Index {
    readonly mediaType: string;
    readonly manifests: readonly Descriptor[];
    readonly annotations: object;
  }

  it('are one index, with what Ironic looks for on each entry', async () => {
    await build(body);
    const index = (await raw('1.0.0')) as unknown as Index;
    expect(index).toMatchObject({
      mediaType: 'application/vnd.oci.image.index.v1+json',
      annotations: { vendor: 'Example' },
    });
    const artifactType = 'application/vnd.example.disk';
    const mediaType = 'application/vnd.oci.image.manifest.v1+json';
    const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture }));
    const place = { digest: expect.any(String) as string, size: expect.any(Number) as number };
    expect(index.manifests).toEqual([
      { ...place, mediaType, artifactType, platform: amd64, annotations: { disktype: 'qcow2', os: 'debian' } },
      { ...place, mediaType, artifactType, platform: amd64, annotations: { disktype: 'raw' } },
      { ...place, mediaType, artifactType, platform: arm64, annotations: { disktype: 'raw' } },
    ]);
  });

  it('are a manifest each: one layer with its name, an artifact type and the empty config', async () => {
    await build(body);
    const { manifests } = (await raw('1.0.0')) as unknown as Index;
    const found = await Promise.all(manifests.map(({ digest }) => json(digest)));
    const qcow2 = await readFile(join(root, 'app/debian.qcow2'));
    const expected = [
      ['qcow2', 'debian.qcow2', qcow2, { os: 'debian' }],
      ['raw', 'debian.raw', small, {}],
      ['raw', 'debian-arm.raw', arm, {}],
    ] as const;
    expect(found).toEqual(
      expected.map(([disktype, title, bytes, own]) => ({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'application/vnd.example.disk',
        config: empty,
        layers: [
          {
            mediaType: 'application/octet-stream',
            digest: digestOf(bytes),
            size: bytes.length,
            annotations: { 'org.opencontainers.image.title': title },
          },
        ],
        annotations: { vendor: 'Example', disktype, ...own },
      })),
    );
    for (const { size, digest } of manifests) expect((await blob(digest)).length).toBe(size);
  });

  it('have kernel and ramdisk beside them, under tags of their own and not in the index', async () => {
    const result = await build(body);
    const { manifests } = (await raw('1.0.0')) as unknown as Index;
    expect(manifests).toHaveLength(3);
    for (const [role, title, text] of [
      ['kernel', 'ipa.vmlinuz', 'MZ'],
      ['ramdisk', 'ramdisk.gz', '\x1f\x8b'],
    ] as const) {
      expect(await raw(`1.0.0-${role}`)).toEqual({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        artifactType: 'application/vnd.example.disk',
        config: empty,
        layers: [
          {
            mediaType: 'application/octet-stream',
            digest: digestOf(Buffer.from(text)),
            size: Buffer.byteLength(text),
            annotations: { 'org.opencontainers.image.title': title },
          },
        ],
        annotations: { vendor: 'Example' },
      });
    }
    expect(result.roots.map(({ suffix, role }) => [suffix, role])).toEqual([
      ['', 'index'],
      ['-kernel', 'kernel'],
      ['-ramdisk', 'ramdisk'],
    ]);
    expect(result.files.map(({ title, role, disktype, platform }) => [title, role, disktype, platform])).toEqual([
      ['debian.qcow2', 'disk', 'qcow2', 'linux/amd64'],
      ['debian.raw', 'disk', 'raw', 'linux/amd64'],
      ['debian-arm.raw', 'disk', 'raw', 'linux/arm64'],
      ['ipa.vmlinuz', 'kernel', undefined, undefined],
      ['ramdisk.gz', 'ramdisk', undefined, undefined],
    ]);
    expect(result.imagePullSecret).toBe('registry-pull');
    expect(JSON.stringify(await Promise.all(manifests.map(({ digest }) => json(digest))))).not.toContain('pull');
    await expectSound();
  });

  it('need no artifact type of the author, and kernel and ramdisk no disks', async () => {
    const result = await build('kernel: { from: ipa.vmlinuz }\nramdisk: { from: ipa.initramfs }\n');
    expect(await raw('1.0.0-kernel')).toMatchObject({ artifactType: 'application/vnd.unknown.artifact.v1' });
    expect(result.roots.map(({ suffix }) => suffix)).toEqual(['-kernel', '-ramdisk']);
  });

  it('are copied by skopeo with all that they name', async () => {
    await build(body);
    const index = (await raw('1.0.0')) as unknown as Index;
    const copy = join(root, 'copy');
    await run(referee('skopeo'), ['copy', '--all', `oci:${layout()}:1.0.0`, `oci:${copy}:1.0.0`]);
    const copied = new LayoutStore(copy);
    const [top] = await copied.roots();
    for await (const finding of validate(copied, top!)) expect(finding.level).not.toBe('error');
    // It writes the index anew, and knows no artifactType of entries.
    const { manifests } = parseIndex(await readBlob(copied, top!), top!);
    const kept = ({ digest, platform, annotations }: Descriptor) => ({ digest, platform, annotations });
    expect(manifests.map(kept)).toEqual(index.manifests.map(kept));
  });

  it('tell what they are', async () => {
    await write({ 'app/artifact.yaml': head + body });
    const { terminalOutput } = await runArtifact({}, context);
    const shown = terminalOutput!.replaceAll(/sha256:\w+/g, 'D').replace(/in .*\n$/, 'in T');
    expect(shown).toMatch(
      /^thing:1\.0\.0 {2}D\n {2}debian\.qcow2 {2}\S+ \w+ {2}qcow2 {2}linux\/amd64\n {2}debian\.raw {2}1\.0 MB {2}raw {2}linux\/amd64\n {2}debian-arm\.raw {2}2\.1 MB {2}raw {2}linux\/arm64\nthing:1\.0\.0-kernel {2}D\n {2}ipa\.vmlinuz {2}2 B\nthing:1\.0\.0-ramdisk {2}D\n {2}ramdisk\.gz {2}\S+ B\n {2}in T$/,
    );
  });

  it('that Ironic would not take are refused at their place, with what to do', async () => {
    await write({ 'app/part.raw': Buffer.alloc(MiB) });
    expect(
      await refused(
        'disks:\n  - { from: part.raw, disktype: raw, platform: linux/amd64 }\n  - { from: debian.raw, disktype: qcow2, platform: linux/amd64 }\n',
      ),
    ).toBe(`app/artifact.yaml:5:7  INGOT_IRONIC_PARTITION  the disk image is no whole disk: it has no partition table
  help: Ironic takes whole-disk images only: build one with a partition table and a boot loader
app/artifact.yaml:6:7  INGOT_IRONIC_DISK  disktype: qcow2, but the file is a raw disk
  help: write \`disktype: raw\``);
    expect(await readdir(join(root, 'app/dist')).catch(() => [])).toEqual([]);
  });
});
