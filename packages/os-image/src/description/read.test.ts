import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readOsImageFile } from './read.ts';
import { versionOf } from './version.ts';
import type { OsImageDescription } from './description.ts';

const folder = mkdtempSync(join(tmpdir(), 'ingot-os-image-'));
const path = join(folder, 'os-image.yaml');
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string): Promise<OsImageDescription> {
  writeFileSync(path, text);
  return readOsImageFile(path);
}

/** onmetal, disk, ironic. */
const byOrder = (a: string, b: string) => order.indexOf(a) - order.indexOf(b);
const order = ['onmetal', 'disk', 'ironic'];

const least = 'ingot: os-image/v1\nname: metal\nversion: 12.0.20261121\nrootfs: root.tar\nformats: [disk]\n';

const ofRelease = (release: string) =>
  `${least.replace('[disk]', '[metal-stack]')}metal-stack: { imagesFolder: { release: ${release} } }\n`;

describe('readOsImageFile', () => {
  it('fills in what the author leaves out', async () => {
    const description = await read(least);
    expect(description).toMatchObject({
      file: path,
      folder,
      name: 'metal',
      architectures: ['amd64'],
      commandLine: '',
      builder: { kind: 'rootfs', from: 'root.tar' },
      metalStack: { os: 'metal', imagesFolder: { kind: 'stable' }, level: 9 },
      gardenlinux: { prefix: 'metal', raw: true },
      disk: { size: undefined, free: 64 * 1024 ** 2, bootloader: 'systemd-boot', outputs: ['raw', 'qcow2'] },
      push: [],
      publish: undefined,
      boot: { timeLimit: 300, memory: 1024, checks: [] },
    });
  });

  it('takes everything as it is written', async () => {
    const description = await read(`ingot: os-image/v1
name: debian-metal
version: 19.04.{date}
architectures: [amd64, arm64]
commandLine: console=ttyS0,115200
mmdebstrap:
  suite: bookworm
  packages: [linux-image-cloud-amd64]
  sources: ['deb http://deb.example/debian bookworm main']
  credentials: [{ machine: deb.example, login: { env: APT_LOGIN }, password: { file: ~/apt } }]
  hooks: { customize: ['true'] }
files: [{ from: install.sh, to: /install.sh, mode: 0755, owner: 1:2 }]
formats: [metal-stack, onmetal, ironcore, gardenlinux, disk, ironic, container]
metal-stack: { os: debian, imagesFolder: { pullRequest: 12, branch: feature/x } }
disk: { size: 2GiB, esp: 100MB, bootloader: grub, outputs: [qcow2-compressed] }
ironic: { outputs: [qcow2], imagePullSecret: pull }
push: { onmetal: { repository: registry.example/os, tags: [1.0, '{version}'] }, ironic: { repository: registry.example/i } }
publish: { command: [s3, '{file}'] }
boot: { timeLimit: 60, checks: [{ run: uname, text: 6.10 }] }
`);
    expect(description).toMatchObject({
      versionPattern: '19.04.{date}',
      builder: { kind: 'mmdebstrap', variant: 'minbase', mode: 'auto', hooks: { customize: ['true'], setup: [] } },
      files: [{ from: 'install.sh', mode: 0o755, owner: { uid: 1, gid: 2 } }],
      metalStack: { os: 'debian', imagesFolder: { kind: 'pull-request', number: 12, branch: 'feature/x' } },
      disk: { size: 2 * 1024 ** 3, espSize: 100_000_000, bootloader: 'grub', outputs: ['raw', 'qcow2-compressed'] },
      push: [
        { format: 'onmetal', tags: ['1.0', '{version}'], attach: true, information: false },
        { format: 'ironic', tags: ['{version}'], attach: false },
      ],
      publish: { kind: 'command', run: ['s3', '{file}'] },
      boot: { timeLimit: 60, checks: [{ run: 'uname', exit: 0, text: '6.10', place: { line: 19, column: 33 } }] },
    });
  });

  it.each([
    ['onmetal', ['raw']],
    ['ironic', ['raw', 'qcow2']],
    ['disk', ['raw', 'qcow2']],
    ['container', []],
  ])('makes the disks that %s is made of', async (format, outputs) => {
    const { formats, disk } = await read(least.replace('[disk]', `[${format}]`));
    expect(formats).toEqual(format === 'container' ? ['container'] : [...new Set([format, 'disk'])].sort(byOrder));
    expect(disk.outputs).toEqual(outputs);
  });

  it.each([
    ['INGOT_OS_IMAGE_FILE', 1, 'ingot: image/v1\nname: x\nversion: 1\n'],
    ['INGOT_OS_IMAGE_BUILDER', 1, least.replace('rootfs: root.tar\n', '')],
    ['INGOT_OS_IMAGE_BUILDER', 6, `${least}command: { run: [x], rootfs: y }\n`.replace('formats', 'formats')],
    ['INGOT_OS_IMAGE_FORMAT', 6, `${least}metal-stack: { os: x }\n`],
    ['INGOT_OS_IMAGE_FORMAT', 6, `${least}push: { onmetal: { repository: r.example/x } }\n`],
    ['INGOT_OS_IMAGE_FORMAT', 6, `${least}publish: { folder: x }\n`],
    ['INGOT_FILE_VALUE', 6, ofRelease('stable')],
    ['INGOT_FILE_VALUE', 6, ofRelease('pull_requests')],
    ['INGOT_FILE_VALUE', 6, `${least}commandLine: quiet root=/dev/vda1\n`],
    ['INGOT_FILE_VALUE', 6, `${least}disk: { size: 12 parsecs }\n`],
    ['INGOT_FILE_VALUE', 6, `${least}disk: { size: 100MiB }\n`],
    ['INGOT_FILE_VALUE', 5, least.replace('[disk]', '[disc]')],
    ['INGOT_FILE_KEY_UNKNOWN', 6, `${least}dsik: { size: 1G }\n`],
    ['INGOT_FILE_VALUE', 6, `${least}files: [{ from: a, to: /a, mode: 0999 }]\n`],
    [
      'INGOT_FILE_VALUE',
      4,
      least.replace(
        'rootfs: root.tar',
        "mmdebstrap: { suite: bookworm, sources: ['deb http://me:secret@deb.example x'] }",
      ),
    ],
  ])('refuses with %s in line %i', async (code, line, text) => {
    const error = (await read(text).catch((cause: unknown) => cause)) as { errors?: unknown[] };
    expect((error.errors ?? [error])[0]).toMatchObject({ code, place: { line } });
  });

  it.each(['me:secret', 'secret', ':secret', 'secret:', 'a@b:secret'])(
    'shows no login of a source: %s',
    async (login) => {
      const source = `deb [arch=amd64] https://${login}@deb.example/x y`;
      const text = least.replace('rootfs: root.tar', `mmdebstrap: { suite: b, sources: ['${source}'] }`);
      const error: unknown = await read(text).catch((cause: unknown) => cause);
      expect(error).toMatchObject({ code: 'INGOT_FILE_VALUE', message: expect.stringContaining('login') as string });
      expect(JSON.stringify(error) + String(error)).not.toContain('secret');
    },
  );
});

describe('versionOf', () => {
  const described = (versionPattern: string, kind = 'rootfs') => ({
    versionPattern,
    builder: { kind } as OsImageDescription['builder'],
    place: () => ({ file: path, line: 3, column: 1 }),
  });

  it.each([
    ['12.0.{date}', '20260102', undefined, '12.0.20260102'],
    ['12.0.{date}', '20260102', 0, '12.0.19700101'],
    ['12.0.{date}', undefined, 1_700_000_000, '12.0.20231114'],
    ['19.04', undefined, undefined, '19.04'],
  ])('makes of %s with lock %s and epoch %s %s', (pattern, lock, epoch, version) => {
    expect(versionOf(described(pattern), lock, epoch)).toBe(version);
  });

  it.each([
    ['mmdebstrap', 'target lock'],
    ['dockerfile', 'target lock'],
    ['rootfs', 'the day itself'],
    ['command', 'the day itself'],
  ])('advises what there is for a date, with %s', (kind, help) => {
    expect(() => versionOf(described('1.{date}', kind), undefined, undefined)).toThrow(
      expect.objectContaining({ help: expect.stringContaining(help) as string }),
    );
  });

  it.each(['{date}', 'a b', ''])('refuses %j without a date', (pattern) => {
    expect(() => versionOf(described(pattern), undefined, undefined)).toThrow(
      expect.objectContaining({ code: 'INGOT_OS_IMAGE_VERSION', place: { file: path, line: 3, column: 1 } }),
    );
  });
});
