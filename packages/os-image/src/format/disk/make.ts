import { chmod, mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile, readTarEntries } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import type { Tool } from '../../program/tools.ts';
import type { RootfsArchitecture } from '../../rootfs/result.ts';
import { part } from '../boot-image.ts';
import type { FormatFile, FormatInput, MakeFormat } from '../format.ts';
import { bootloaderFiles, initrdPath, kernelPath, removableLoader } from './esp/bootloader.ts';
import { checkEsp, makeEsp, type EspFile } from './esp/esp.ts';
import { unpack } from './ext4/unpack.ts';
import type { Superblock } from './ext4/superblock.ts';
import type { DiskFacts } from './facts.ts';
import { espType, rootTypes } from './gpt/guid.ts';
import { gptPatches } from './gpt/write.ts';
import { identifiersOf } from './identifiers.ts';
import type { Geometry } from './partitions.ts';
import { makeQcow2 } from './qcow2.ts';
import { makeRootPartition, rootLabel } from './root-partition.ts';
import { openToolbox, type Run } from './toolbox.ts';
import { writeAt } from './write-at.ts';

const tools = ['mke2fs', 'debugfs', 'mkfs.vfat', 'mmd', 'mcopy', 'qemu-img', 'grub-mkimage'] as const;
type DiskTool = (typeof tools)[number];

/** Below `input.folder` while we work; nothing of it stays. */
const work = '.work';

/** FAT has no time before it: 1980-01-01, in seconds since 1970. */
const earliest = 315_532_800;

/**
 * A whole disk for each architecture: a GUID partition table, an EFI system partition with boot loader, kernel and
 * initrd, and the root file system as ext4; as `<name>-<architecture>.raw` (sparse), `.qcow2` and `-compressed.qcow2`.
 * No loop device, no mount, no root. The same input gives the same bytes. The kernel finds its root by PARTUUID, which
 * depends on the name and the architecture only; nothing in the root file system itself is changed.
 * Throws ProjectErrors: INGOT_TOOL_MISSING, INGOT_TOOL_FAILED, INGOT_OS_IMAGE_KERNEL, INGOT_DISK_TOO_SMALL,
 * INGOT_DISK_BOOTLOADER, INGOT_DISK_COMMAND_LINE, INGOT_DISK_FULL, INGOT_EXT4; and what readTarEntries throws.
 */
export const makeDisk: MakeFormat = async (input) => {
  const { folder, time, signal } = input;
  const run = await openToolbox(neededTools(input), { folder, time: Math.max(time, earliest), signal });
  try {
    const made = [];
    for (const rootfs of input.rootfs.architectures) made.push(await makeOne(input, rootfs, run));
    return {
      files: made.flatMap(({ files }) => files),
      roots: [],
      facts: { disks: made.map(({ facts }) => facts) },
    };
  } catch (error) {
    throw diskFull(error, folder);
  } finally {
    await rm(join(folder, work), { recursive: true, force: true });
  }
};

function neededTools({ description: { disk } }: FormatInput): readonly DiskTool[] {
  return tools.filter((tool: Tool) => {
    if (tool === 'grub-mkimage') return disk.bootloader === 'grub';
    if (tool === 'qemu-img') return disk.outputs.some((output) => output !== 'raw');
    return true;
  });
}

async function makeOne(
  input: FormatInput,
  rootfs: RootfsArchitecture,
  run: Run<DiskTool>,
): Promise<{ readonly files: readonly FormatFile[]; readonly facts: DiskFacts }> {
  const { description, folder, signal, stage, time } = input;
  const { architecture } = rootfs;
  const identifiers = identifiersOf(description.name, architecture);
  const commandLine = `root=PARTUUID=${identifiers.root}${rootAccess(description.commandLine)}`;
  const entries = await readTarEntries(join(input.rootfsFolder, rootfs.tar.path));
  const scratch = join(work, architecture);
  await mkdir(join(folder, scratch, 'root'), { recursive: true });

  const espFiles = await bootloaderFiles(run, {
    ...bootFiles(input, rootfs),
    bootloader: description.disk.bootloader,
    architecture,
    name: description.name,
    version: input.version,
    commandLine,
    identifiers,
    entries,
    folder,
    scratch: join(scratch, 'boot'),
    place: description.place(['disk', 'bootloader']),
    commandLinePlace: description.place(['commandLine']),
  });
  checkEsp(espFiles, description.disk.espSize, description.place(['disk', 'esp']));

  const content = join(scratch, 'root');
  await unpack(entries, join(folder, content), signal, stage(`unpacking ${architecture}`, rootfs.tar.size));
  stage(`ext4 for ${architecture}`);
  const disk = `${description.name}-${architecture}.raw`;
  const { geometry, superblock } = await makeRootPartition(run, {
    folder,
    disk,
    content,
    scratch,
    entries,
    diskSize: description.disk.size,
    free: description.disk.free,
    espSize: description.disk.espSize,
    identifiers,
    time,
    signal,
    place: description.place(['disk', 'size']),
  });
  await rm(join(folder, content), { recursive: true, force: true });
  await makeEsp(run, { disk, ...geometry.esp, volume: identifiers.espVolume, files: espFiles });
  const facts = factsOf(input, rootfs, { geometry, superblock, espFiles, commandLine });
  await writeTable(join(folder, disk), facts);
  return { files: await makeOutputs(input, rootfs, disk, run), facts };
}

function rootAccess(commandLine: string): string {
  const access = /(^|\s)r[ow](\s|$)/.test(commandLine) ? '' : ' rw';
  return `${access}${commandLine === '' ? '' : ` ${commandLine}`}`;
}

function bootFiles(input: FormatInput, rootfs: RootfsArchitecture) {
  if (!rootfs.initrd) input.note(`${rootfs.architecture}: no initrd; the kernel must find its root disk by itself`);
  return { kernel: part(input, rootfs, 'kernel'), initrd: rootfs.initrd && part(input, rootfs, 'initrd') };
}

interface MadeDisk {
  readonly geometry: Geometry;
  readonly superblock: Superblock;
  readonly espFiles: readonly EspFile[];
  readonly commandLine: string;
}

function factsOf(
  { description }: FormatInput,
  { architecture, initrd }: RootfsArchitecture,
  { geometry, superblock, commandLine }: MadeDisk,
): DiskFacts {
  const { name, disk } = description;
  const identifiers = identifiersOf(name, architecture);
  return {
    architecture,
    bootloader: disk.bootloader,
    diskSize: geometry.diskSize,
    diskUuid: identifiers.disk,
    esp: {
      name: 'esp',
      type: espType,
      uuid: identifiers.esp,
      ...geometry.esp,
      volume: identifiers.espVolume.toUpperCase().replace(/^(.{4})/, '$1-'),
      loader: removableLoader[architecture],
      kernel: kernelPath(name),
      ...(initrd ? { initrd: initrdPath(name) } : {}),
    },
    root: {
      name: 'root',
      type: rootTypes[architecture],
      uuid: identifiers.root,
      ...geometry.root,
      fileSystemUuid: superblock.uuid,
      label: rootLabel,
      free: superblock.freeBlocks * superblock.blockSize,
      freeInodes: superblock.freeInodes,
    },
    commandLine,
  };
}

/** Last, since nothing that is written before may run over it. */
async function writeTable(path: string, { diskUuid, diskSize, esp, root }: DiskFacts): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const patches = gptPatches({ diskUuid, diskSize, partitions: [esp, root] });
    for (const { position, bytes } of patches) await writeAt(file, bytes, position);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function makeOutputs(
  { description, folder, stage }: FormatInput,
  { architecture }: RootfsArchitecture,
  raw: string,
  run: Run<'qemu-img'>,
): Promise<readonly FormatFile[]> {
  const files: FormatFile[] = [];
  const ends = { raw: '.raw', qcow2: '.qcow2', 'qcow2-compressed': '-compressed.qcow2' } as const;
  for (const role of ['raw', 'qcow2', 'qcow2-compressed'] as const) {
    if (!description.disk.outputs.includes(role)) continue;
    stage(`${role} for ${architecture}`);
    const path = `${description.name}-${architecture}${ends[role]}`;
    if (role !== 'raw') await makeQcow2(run, raw, path, role === 'qcow2-compressed');
    const whole = join(folder, path);
    await chmod(whole, 0o644);
    const { size } = await stat(whole);
    files.push({ path, size, digest: await digestOfFile(whole), architecture, role });
  }
  if (!description.disk.outputs.includes('raw')) await rm(join(folder, raw));
  return files;
}

/** A full disk that met us instead of a program. */
function diskFull(error: unknown, folder: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  return new ProjectError('INGOT_DISK_FULL', `no space left for ${folder}`, {
    path: folder,
    cause: error,
    help: 'Free some space: a disk image needs room for itself, its formats, and the unpacked root file system.',
  });
}
