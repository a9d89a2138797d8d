import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeDockerfile, describeFiles, type WrittenFiles } from '@ingot/oci';
import {
  parseProjectFile,
  ProjectError,
  throwErrors,
  type Path,
  type ProjectFile,
  type Schema,
} from '@ingot/workspace';
import { describeBuilder, type WrittenBuilders } from './builder.ts';
import { describeBoot, describePush, describePublish, type WrittenDelivery } from './delivery.ts';
import { parseSize } from './size.ts';
import type { Architecture, DiskDescription, ImagesFolder, OsImageDescription } from './description.ts';
import { withDisk, type Format } from './formats.ts';

interface Written extends WrittenBuilders, WrittenDelivery {
  readonly architectures?: readonly Architecture[];
  readonly commandLine?: string;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly files?: readonly WrittenFiles[];
  readonly formats: readonly Format[];
  readonly 'metal-stack'?: {
    readonly imagesFolder?: 'stable' | { readonly release: string } | { readonly pullRequest: number };
    readonly level?: number;
  };
  readonly ironcore?: { readonly variant?: 'metal' | 'virtualization' };
  readonly gardenlinux?: { readonly prefix?: string; readonly raw?: boolean };
  readonly disk?: {
    readonly bootloader?: DiskDescription['bootloader'];
    readonly outputs?: DiskDescription['outputs'];
  };
  readonly ironic?: {
    readonly outputs?: readonly ('raw' | 'qcow2')[];
    readonly kernelAndRamdisk?: boolean;
    readonly imagePullSecret?: string;
  };
}

const MiB = 1024 * 1024;

let schema: Schema | undefined;

/** The JSON Schema of os-image.yaml: the same object each time, since what is compiled of it is kept by it. */
export function osImageSchema(): Schema {
  schema ??= JSON.parse(readFileSync(new URL('../../schema/os-image.schema.json', import.meta.url), 'utf8')) as Schema;
  return schema;
}

/**
 * Reads an os-image.yaml (an absolute path). Throws ProjectErrors with their places: what parseProjectFile throws,
 * INGOT_OS_IMAGE_FILE where there is none or it is another tool's, INGOT_OS_IMAGE_BUILDER where it does not name one
 * builder, INGOT_OS_IMAGE_FORMAT, INGOT_FILE_VALUE.
 */
export async function readOsImageFile(path: string): Promise<OsImageDescription> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ProjectError('INGOT_OS_IMAGE_FILE', `cannot read ${path}: ${(cause as Error).message}`, { path, cause });
  });
  const file = parseProjectFile<Written>({ text, file: path, kind: 'os-image/v1', schema: osImageSchema() });
  if (file) return describe(file);
  throw new ProjectError('INGOT_OS_IMAGE_FILE', 'this is no os-image of Ingot', {
    place: { file: path, line: 1, column: 1 },
    help: 'begin the file with `ingot: os-image/v1`',
  });
}

function describe(file: ProjectFile<Written>): OsImageDescription {
  const errors: Error[] = [];
  /** Collects what is wrong, so that all of it is reported at once. */
  function attempt<T>(path: Path, otherwise: T, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const { code, message, help, place } = error as ProjectError;
      const facts = { place: place ?? file.place(path), ...(help ? { help } : {}) };
      errors.push(new ProjectError(code ?? 'INGOT_FILE_VALUE', message, facts));
      return otherwise;
    }
  }
  const { value } = file;
  const name = file.text(['name'])!;
  const size = (key: string, otherwise: number): number =>
    attempt(['disk', key], otherwise, () => readSize(file, ['disk', key]) ?? otherwise);
  const described: OsImageDescription = {
    file: file.file,
    folder: dirname(file.file),
    place: (path) => file.place(path),
    name,
    versionPattern: file.text(['version'])!,
    architectures: value.architectures ?? ['amd64'],
    commandLine: value.commandLine?.trim() ?? '',
    builder: attempt(['formats'], nothing, () => describeBuilder(file, describeDockerfile(file))),
    kernel: value.kernel,
    initrd: value.initrd,
    files: (value.files ?? []).map((entry, i) => describeFiles(file, ['files', i], entry, attempt)),
    formats: withDisk(value.formats),
    metalStack: {
      os: file.text(['metal-stack', 'os']) ?? name,
      imagesFolder: attempt(['metal-stack', 'imagesFolder'], { kind: 'stable' }, () => imagesFolderOf(file)),
      level: value['metal-stack']?.level ?? 9,
    },
    ironcore: { variant: value.ironcore?.variant ?? 'metal' },
    gardenlinux: {
      prefix: file.text(['gardenlinux', 'prefix']) ?? name,
      raw: value.gardenlinux?.raw ?? true,
    },
    disk: {
      size: attempt(['disk', 'size'], undefined, () => readSize(file, ['disk', 'size'])),
      free: size('free', 64 * MiB),
      espSize: size('esp', 128 * MiB),
      bootloader: value.disk?.bootloader ?? 'systemd-boot',
      outputs: outputsOf(value),
    },
    ironic: {
      outputs: value.ironic?.outputs ?? ['raw', 'qcow2'],
      kernelAndRamdisk: value.ironic?.kernelAndRamdisk ?? true,
      imagePullSecret: value.ironic?.imagePullSecret,
    },
    push: describePush(file),
    publish: describePublish(file),
    boot: describeBoot(file),
  };
  checkSettings(file, described, attempt);
  throwErrors(errors);
  return described;
}

/** What is asked for, and what other formats are made of. */
function outputsOf({ formats, disk, ironic }: Written): DiskDescription['outputs'] {
  const raw = formats.some((format) => ['onmetal', 'ironcore', 'gardenlinux'].includes(format));
  const ofIronic = formats.includes('ironic') ? (ironic?.outputs ?? (['raw', 'qcow2'] as const)) : [];
  const asked = disk?.outputs ?? (formats.includes('disk') ? (['raw', 'qcow2'] as const) : []);
  const qcow2 = asked.includes('qcow2-compressed') ? 'qcow2-compressed' : 'qcow2';
  const needed = ofIronic.map((output) => (output === 'qcow2' ? qcow2 : output));
  return [...new Set([...(raw ? (['raw'] as const) : []), ...needed, ...asked])];
}

/** Stands in for a builder that is wrong: its error is thrown before anybody sees it. */
const nothing = { kind: 'rootfs', from: '', target: undefined, project: undefined } as const;

function readSize(file: ProjectFile<Written>, path: Path): number | undefined {
  const text = file.text(path);
  return text === undefined ? undefined : parseSize(text);
}

function imagesFolderOf(file: ProjectFile<Written>): ImagesFolder {
  const written = file.value['metal-stack']?.imagesFolder ?? 'stable';
  const at = ['metal-stack', 'imagesFolder'];
  if (written === 'stable') return { kind: 'stable' };
  if ('release' in written) return { kind: 'release', version: releaseOf(file, [...at, 'release']) };
  return { kind: 'pull-request', number: written.pullRequest, branch: file.text([...at, 'branch'])! };
}

/** A release must not lie where images of branches and of pull requests do. */
function releaseOf(file: ProjectFile<Written>, path: Path): string {
  const version = file.text(path)!;
  if (!['stable', 'pull_requests'].includes(version)) return version;
  throw new ProjectError('INGOT_FILE_VALUE', `metal-stack.imagesFolder.release: ${version} is not a release`, {
    place: file.place(path),
    help: 'write imagesFolder: stable, imagesFolder: { pullRequest: 12, branch: NAME }, or a version such as v1.2.3',
  });
}

/** What is said of a format that is not made would be read by nobody. */
function checkSettings(
  file: ProjectFile<Written>,
  { formats, push, publish, commandLine, disk }: OsImageDescription,
  attempt: (path: Path, otherwise: undefined, read: () => undefined) => undefined,
): void {
  const without = (path: Path, format: string, help: string) =>
    attempt(path, undefined, () => {
      throw new ProjectError('INGOT_OS_IMAGE_FORMAT', `"${format}" is not among the formats`, { help });
    });
  const add = (format: string) => `add it to \`formats\`, or leave out what is said of ${format}`;
  for (const format of ['metal-stack', 'ironcore', 'gardenlinux', 'ironic'] as const) {
    if (file.value[format] !== undefined && !formats.includes(format)) without([format], format, add(format));
  }
  if (file.value.disk !== undefined && !formats.includes('disk')) without(['disk'], 'disk', add('disk'));
  for (const { format } of push) if (!formats.includes(format)) without(['push', format], format, add(format));
  if (publish !== undefined && !formats.includes('metal-stack')) {
    without(['publish'], 'metal-stack', 'publish is for its tree');
  }
  if (disk.size !== undefined && disk.size <= disk.espSize) {
    attempt(['disk', 'size'], undefined, () => {
      throw new ProjectError('INGOT_FILE_VALUE', 'disk.size: the EFI system partition alone is as large');
    });
  }
  if (/(^|\s)root=/.test(commandLine)) {
    attempt(['commandLine'], undefined, () => {
      throw new ProjectError('INGOT_FILE_VALUE', 'commandLine: root= is added by each format', {
        help: 'leave it out: every consumer has its own name for the root file system',
      });
    });
  }
}
