import { createWriteStream } from 'node:fs';
import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { digestOfFile, tarStream, type LayerEntry } from '@ingot/content';
import type { Architecture, OsImageDescription } from '../../description/description.ts';
import type { RootfsArchitecture } from '../../rootfs/result.ts';
import type { FormatInput, FormatResult, MadeFormat } from '../format.ts';
import type { Format } from '../../description/formats.ts';

export const time = 1_767_225_600;
export const version = '12.0.20260101';

const own = { uid: 0, gid: 0 };

export function file(path: string, text: string | Uint8Array = '', more: object = {}): LayerEntry {
  const content = Buffer.from(text);
  return { type: 'file', path, mode: 0o644, ...own, size: content.length, content, ...more };
}

export function directory(path: string, mode = 0o755, more: object = {}): LayerEntry {
  return { type: 'directory', path, mode, ...own, ...more };
}

export function symlink(path: string, target: string): LayerEntry {
  return { type: 'symlink', path, mode: 0o777, ...own, target };
}

/** What metal-stack takes without an error, and with as few warnings as there can be. */
export const rootEntries: readonly LayerEntry[] = [
  file('install.sh', '#!/bin/sh\ncat /etc/metal/install.yaml\necho > /etc/metal/boot-info.yaml\n', { mode: 0o755 }),
  file('boot/vmlinuz-6.1.0', 'kernel'),
  file('boot/initrd.img-6.1.0', 'initrd'),
  file('etc/os-release', 'ID=debian\n'),
  file('usr/sbin/init', 'init', { mode: 0o755 }),
  symlink('sbin', 'usr/sbin'),
  symlink('bin', 'usr/bin'),
  file('usr/bin/sh', '#!', { mode: 0o755 }),
  file('usr/share/text', 'text '.repeat(20_000)),
];

export const packageNames = [
  'frr',
  'lldpd',
  'ignition',
  'openssh-server',
  'sudo',
  'mdadm',
  'lvm2',
  'grub-pc',
  'chrony',
];

export async function writeTar(path: string, entries: Iterable<LayerEntry>): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await pipeline(tarStream(entries, { mtime: time }), createWriteStream(path));
}

export interface TestImage {
  readonly architectures?: readonly Architecture[];
  readonly entries?: readonly LayerEntry[];
  readonly description?: Partial<OsImageDescription>;
  /** Parts of the rootfs result that are not there. */
  readonly without?: readonly ('kernel' | 'initrd' | 'packages' | 'manifest' | 'osRelease')[];
  readonly version?: string;
  /** `onmetal`, `gardenlinux`: the folder's name. */
  readonly output?: string;
}

export interface TestInput extends FormatInput {
  readonly notes: string[];
}

/** The input of a format, with everything in `folder`; `folder/out` is empty. */
export async function testInput(folder: string, image: TestImage = {}): Promise<TestInput> {
  const { architectures = ['amd64'], entries = rootEntries, without = [] } = image;
  const rootfsFolder = join(folder, 'rootfs');
  const output = join(folder, image.output ?? 'out');
  await mkdir(output, { recursive: true });
  const made: RootfsArchitecture[] = [];
  for (const architecture of architectures) {
    made.push(await rootfsOf(rootfsFolder, architecture, entries, without));
  }
  const notes: string[] = [];
  return {
    description: { ...describe(folder, architectures), ...image.description },
    version: image.version ?? version,
    time,
    rootfs: { ingot: 'rootfs-result/v1', name: 'demo', time, architectures: made },
    rootfsFolder,
    disks: await disksOf(join(folder, 'disk'), architectures),
    folder: output,
    signal: new AbortController().signal,
    note: (text) => void notes.push(text),
    stage: () => () => {},
    notes,
  };
}

async function rootfsOf(
  folder: string,
  architecture: Architecture,
  entries: readonly LayerEntry[],
  without: readonly string[],
): Promise<RootfsArchitecture> {
  const at = (name: string) => join(folder, architecture, name);
  await writeTar(at('rootfs.tar'), entries);
  const texts = {
    vmlinuz: `kernel of ${architecture}`,
    initrd: `initrd of ${architecture}`,
    'os-release': 'PRETTY_NAME="Demo 12"\nID=demo\n',
    'packages.txt': packageNames.map((name) => `ii  ${name}  1.0  ${architecture}  what it is\n`).join(''),
    manifest: packageNames.map((name) => `${name} 1.0\n`).join(''),
    'build.log': 'built\n',
  };
  for (const [name, text] of Object.entries(texts)) await writeFile(at(name), text);
  const of = async (name: string) => ({
    path: `${architecture}/${name}`,
    size: (await stat(at(name))).size,
    digest: await digestOfFile(at(name)),
  });
  const parts = {
    kernel: { ...(await of('vmlinuz')), source: '/boot/vmlinuz-6.1.0' },
    initrd: { ...(await of('initrd')), source: '/boot/initrd.img-6.1.0' },
    osRelease: await of('os-release'),
    packages: await of('packages.txt'),
    manifest: await of('manifest'),
  };
  return {
    architecture,
    tar: await of('rootfs.tar'),
    log: await of('build.log'),
    packageCount: packageNames.length,
    ...Object.fromEntries(Object.entries(parts).filter(([name]) => !without.includes(name))),
  };
}

/** Disks that are none: 1 MiB, of which little is not zero. */
async function disksOf(folder: string, architectures: readonly Architecture[]) {
  await mkdir(folder, { recursive: true });
  const files: FormatResult['files'][number][] = [];
  for (const architecture of architectures) {
    const disk = Buffer.alloc(1024 * 1024);
    disk.write(`disk of ${architecture}`, 512 * 1024);
    const path = `demo-${architecture}.raw`;
    await writeFile(join(folder, path), disk);
    files.push({ path, size: disk.length, digest: await digestOfFile(join(folder, path)), architecture, role: 'raw' });
  }
  return { folder, result: resultOf('disk', { files, roots: [] }) };
}

export function resultOf(format: Format, made: MadeFormat, of = version): FormatResult {
  return { ingot: 'os-image-result/v1', format, name: 'demo', version: of, ...made };
}

function describe(folder: string, architectures: readonly Architecture[]): OsImageDescription {
  return {
    file: join(folder, 'os-image.yaml'),
    folder,
    place: (path) => ({ file: join(folder, 'os-image.yaml'), line: 1 + path.length, column: 1 }),
    name: 'demo',
    versionPattern: '12.0.{date}',
    architectures,
    commandLine: 'console=ttyS0,115200',
    builder: { kind: 'rootfs', from: 'root.tar', target: undefined, project: undefined },
    kernel: undefined,
    initrd: undefined,
    files: [],
    formats: ['metal-stack', 'onmetal', 'ironcore', 'gardenlinux', 'disk', 'container'],
    metalStack: { os: 'debian', imagesFolder: { kind: 'stable' }, level: 9 },
    ironcore: { variant: 'metal' },
    gardenlinux: { prefix: 'demo-metal', raw: true },
    disk: { size: undefined, free: 0, espSize: 0, bootloader: 'systemd-boot', outputs: ['raw'] },
    ironic: { outputs: ['raw'], kernelAndRamdisk: false, imagePullSecret: undefined },
    push: [],
    publish: undefined,
    boot: { timeLimit: 300, memory: 1024, cpus: 1, formats: undefined, checks: [], installYaml: {} },
  };
}
