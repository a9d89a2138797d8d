import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { formatError } from '@ingot/workspace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readArtifactFile } from './description.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-artifact-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

const head = 'ingot: artifact/v1\nname: thing\nversion: 1.0.0\n';
const disk = (rest: string) => `disks:\n  - { from: a, platform: linux/amd64, ${rest} }\n`;

async function read(text: string) {
  await writeFile(join(folder, 'artifact.yaml'), text);
  return readArtifactFile(join(folder, 'artifact.yaml'));
}

async function refused(text: string): Promise<string> {
  const error: unknown = await read(text).then(
    () => new Error('nothing was wrong'),
    (thrown: unknown) => thrown,
  );
  return formatError(error, { cwd: folder });
}

describe('readArtifactFile', () => {
  it('reads values as they were written, with their places', async () => {
    const { files, ...rest } = await read(`${head.replace('1.0.0', '1.10')}annotations: { n: 1.10 }
files:
  - { from: x.iso, project: solution, target: pack, title: x, mediaType: application/x-iso, platform: linux/aarch64 }
`);
    expect(rest).toEqual({
      file: join(folder, 'artifact.yaml'),
      name: 'thing',
      version: '1.10',
      artifactType: 'application/vnd.unknown.artifact.v1',
      annotations: { n: '1.10' },
      imagePullSecret: undefined,
    });
    expect(files).toMatchObject([
      {
        role: 'file',
        from: 'x.iso',
        project: 'solution',
        target: 'pack',
        title: 'x',
        mediaType: 'application/x-iso',
        platform: { os: 'linux', architecture: 'arm64' },
        disktype: undefined,
        place: { line: 6, column: 7 },
        projectPlace: { line: 6, column: 20 },
        targetPlace: { line: 6, column: 39 },
      },
    ]);
  });

  it('takes every disktype that Ironic takes, for each architecture once', async () => {
    const disks = ['qcow2', 'qemu', 'raw', 'applehv'].flatMap((disktype) =>
      ['amd64', 'arm64'].map((arch) => `  - { from: a, disktype: ${disktype}, platform: linux/${arch} }\n`),
    );
    const { files } = await read(`${head}disks:\n${disks.join('')}`);
    expect(files).toHaveLength(8);
  });

  it.each([
    [
      'kind: other\n',
      '1:1  INGOT_ARTIFACT_FILE  this is no artifact of Ingot: its first key is not `ingot: artifact/v1`',
    ],
    [`${head}`, '1:1  INGOT_ARTIFACT_FORM  the artifact has nothing in it'],
    [`${head}files: []\n`, '4:1  INGOT_FILE_VALUE  files: [] is not valid: expected at least 1 item'],
    [`${head}files: [{ form: a }]\n`, '4:11  INGOT_FILE_KEY_UNKNOWN  unknown key "form"; did you mean "from"?'],
    [`${head}files: [{ from: a, project: b }]\n`, '4:9  INGOT_FILE_KEY_MISSING  files[0] lacks the key "target"'],
    [
      `${head}files: [{ from: a }]\nkernel: { from: b }\n`,
      '5:1  INGOT_ARTIFACT_FORM  kernel: an artifact with `files` cannot have `kernel`',
    ],
    [
      `${head}files: [{ from: a }]\nimagePullSecret: x\n`,
      '5:1  INGOT_ARTIFACT_FORM  imagePullSecret: only disks have one',
    ],
    [
      `${head}disks: []\nimagePullSecret: user:password\n`,
      '5:1  INGOT_FILE_VALUE  imagePullSecret: user:password is not valid: expected the name of a secret',
    ],
    [`${head}files: [{ from: a, mediaType: gzip }]\n`, '4:20  INGOT_FILE_VALUE  files[0].mediaType: gzip is not valid'],
    [
      `${head}files: [{ from: a, mediaType: application/vnd.oci.image.manifest.v1+json }]\n`,
      '4:20  INGOT_ARTIFACT_MEDIA_TYPE  mediaType: a file cannot be called application/vnd.oci.image.manifest.v1+json',
    ],
    [
      `${head}files: [{ from: a, mediaType: application/vnd.oci.image.index.v1+json }]\n`,
      '4:20  INGOT_ARTIFACT_MEDIA_TYPE',
    ],
    [`${head}files: [{ from: a, title: ../x }]\n`, '4:20  INGOT_ARTIFACT_TITLE  title: "../x" is no name of a file'],
    [`${head}files: [{ from: a, title: /x }]\n`, '4:20  INGOT_ARTIFACT_TITLE'],
    [`${head}files: [{ from: a, title: 'a\\b' }]\n`, '4:20  INGOT_ARTIFACT_TITLE'],
    [`${head}files: [{ from: a, title: "a\\u0007" }]\n`, '4:20  INGOT_ARTIFACT_TITLE'],
    [`${head}files: [{ from: a, title: a/ }]\n`, '4:20  INGOT_ARTIFACT_TITLE'],
    [
      `${head}files: [{ from: a, annotations: { org.opencontainers.image.title: x } }]\n`,
      '4:20  INGOT_ARTIFACT_TITLE  annotations: write org.opencontainers.image.title as `title`',
    ],
    [`${head}files: [{ from: a, platform: amd64 }]\n`, '4:20  INGOT_FILE_VALUE  files[0].platform: amd64 is not valid'],
    [`${head.replace('1.0.0', 'a b')}files: [{ from: a }]\n`, '3:1  INGOT_IMAGE_VERSION'],
    [
      `${head.replace('1.0.0', 'v'.repeat(121))}ramdisk: { from: a }\n`,
      `3:1  INGOT_IMAGE_VERSION  version: the tag "${'v'.repeat(121)}-ramdisk" has more than 128 characters`,
    ],
  ])('refuses %j', async (text, expected) => {
    expect(await refused(text)).toContain(`artifact.yaml:${expected}`);
  });

  it('refuses a disktype that Ironic would skip, and says what it takes', async () => {
    expect(await refused(head + disk('disktype: qcow'))).toBe(
      `artifact.yaml:5:39  INGOT_IRONIC_DISKTYPE  disktype: Ironic skips a disk of type "qcow"; did you mean "qcow2"?
  help: it takes qcow2, qemu, raw, applehv; \`qemu-img convert -O qcow2\` makes one of most others`,
    );
    expect(await refused(`${head}disks: [{ from: a, platform: linux/amd64 }]\n`)).toContain(
      '4:9  INGOT_FILE_KEY_MISSING  disks[0] lacks the key "disktype"',
    );
    expect(await refused(`${head}disks: [{ from: a, disktype: raw }]\n`)).toContain('lacks the key "platform"');
    expect(await refused(head + disk('disktype: raw, annotations: { disktype: vmdk }'))).toContain(
      '5:54  INGOT_IRONIC_DISKTYPE  annotations: the disktype has a key of its own',
    );
  });

  it.each(['application/zstd', 'application/gzip', 'application/x-raw+gzip', 'application/vnd.x.tar+zstd'])(
    'refuses the media type %s for what Ironic takes, and for nothing else',
    async (mediaType) => {
      const entry = `{ from: a, mediaType: ${mediaType} }`;
      for (const role of ['kernel', 'ramdisk']) {
        expect(await refused(`${head}${role}: ${entry}\n`)).toContain(
          `4:${role.length + 14}  INGOT_IRONIC_COMPRESSED  mediaType: Ironic takes ${mediaType} to say that it is compressed`,
        );
      }
      expect(await refused(head + disk(`disktype: raw, mediaType: ${mediaType}`))).toContain('INGOT_IRONIC_COMPRESSED');
      expect((await read(`${head}files: [${entry}]\n`)).files[0]!.mediaType).toBe(mediaType);
    },
  );

  it('refuses disks that Ironic could not tell apart, however the architecture is written', async () => {
    const text = `${head}disks:
  - { from: a, disktype: raw, platform: linux/amd64 }
  - { from: b, disktype: qcow2, platform: linux/amd64 }
  - { from: c, disktype: raw, platform: linux/x86_64 }
  - { from: d, disktype: raw, platform: linux/arm64 }
  - { from: e, disktype: raw, platform: linux/arm64/v8 }
`;
    expect(await refused(text)).toBe(
      `artifact.yaml:7:5  INGOT_IRONIC_DISK_TWICE  there is a raw disk for amd64 already, in line 5
  help: Ironic would always take the first; publish them under two names or versions
artifact.yaml:9:5  INGOT_IRONIC_DISK_TWICE  there is a raw disk for arm64 already, in line 8
  help: Ironic would always take the first; publish them under two names or versions`,
    );
  });

  it.each(['docs/artifact-yaml.md', 'packages/oci/README.md'])('reads the examples of %s', async (page) => {
    const text = await readFile(fileURLToPath(new URL(`../../../../${page}`, import.meta.url)), 'utf8');
    const examples = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, example]) => example!);
    const ours = examples.filter((example) => example.includes('ingot: artifact/v1'));
    expect(ours.length).toBeGreaterThan(0);
    for (const example of ours) expect((await read(example)).files.length).toBeGreaterThan(0);
  });

  it('says that there is no such file', async () => {
    await expect(readArtifactFile(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'INGOT_ARTIFACT_FILE' });
  });
});
