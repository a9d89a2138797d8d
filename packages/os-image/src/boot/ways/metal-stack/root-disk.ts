import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { readTarEntries } from '@ingot/content';
import { makeEsp } from '../../../format/disk/esp/esp.ts';
import { unpack } from '../../../format/disk/ext4/unpack.ts';
import { espType, rootTypes } from '../../../format/disk/gpt/guid.ts';
import { gptPatches } from '../../../format/disk/gpt/write.ts';
import { identifiersOf, type Identifiers } from '../../../format/disk/identifiers.ts';
import type { Geometry } from '../../../format/disk/partitions.ts';
import { makeRootPartition } from '../../../format/disk/root-partition.ts';
import { openToolbox } from '../../../format/disk/toolbox.ts';
import { writeAt } from '../../../format/disk/write-at.ts';
import { filter } from '../../../program/filter.ts';
import type { BootContext } from '../../context.ts';
import { asMetalHammerUnpacks } from './unpacked.ts';

/** A disk as metal-hammer has it when its installer begins. */
export interface RootDisk {
  /** Raw; absolute. */
  readonly file: string;
  /** Of the root file system, in bytes. */
  readonly offset: number;
  /** Of the root file system. */
  readonly uuid: string;
}

const MIB = 2 ** 20;
/** Room for what an installer and a boot write; it takes none on the host. */
const FREE = 1024 * MIB;
const ESP = 64 * MIB;

/**
 * Partitions a disk (EFI system partition, root) and unpacks an archive onto its root, as metal-hammer does. Throws
 * ProjectErrors INGOT_TOOL_MISSING, INGOT_TOOL_FAILED, INGOT_DISK_FULL, INGOT_EXT4, and what readTarEntries throws.
 */
export async function unpackOnDisk(context: BootContext, archive: string): Promise<RootDisk> {
  const { folder, description, architecture, signal, rootfs } = context;
  const tar = join(folder, 'img.tar');
  await decompress(archive, tar, signal);
  const entries = asMetalHammerUnpacks(await readTarEntries(tar));
  await mkdir(join(folder, 'root'));
  await unpack(entries, join(folder, 'root'), signal, () => undefined);
  await rm(tar);
  const identifiers = identifiersOf(`${description.name} on metal-stack`, architecture);
  const run = await openToolbox(['mke2fs', 'debugfs', 'mkfs.vfat', 'mmd', 'mcopy'], {
    folder,
    time: rootfs.time,
    signal,
  });
  const disk = 'disk.raw';
  const { geometry } = await makeRootPartition(run, {
    ...{ folder, disk, content: 'root', scratch: '.', entries, identifiers, signal },
    ...{ diskSize: undefined, free: FREE, espSize: ESP, time: rootfs.time },
    place: description.place(['boot']),
  });
  await rm(join(folder, 'root'), { recursive: true, force: true });
  await makeEsp(run, { disk, ...geometry.esp, volume: identifiers.espVolume, files: [] });
  const file = join(folder, disk);
  await writeTable(file, geometry, identifiers, architecture);
  return { file, offset: geometry.root.offset, uuid: identifiers.rootFileSystem };
}

async function decompress(archive: string, tar: string, signal: AbortSignal): Promise<void> {
  const content = filter('lz4', ['-d', '-c', '-q'], createReadStream(archive), { signal });
  await pipeline(content, createWriteStream(tar, { mode: 0o600 }));
}

async function writeTable(
  path: string,
  { diskSize, esp, root }: Geometry,
  identifiers: Identifiers,
  architecture: BootContext['architecture'],
): Promise<void> {
  const partitions = [
    { name: 'efi', type: espType, uuid: identifiers.esp, ...esp },
    { name: 'root', type: rootTypes[architecture], uuid: identifiers.root, ...root },
  ];
  const file = await open(path, 'r+');
  try {
    for (const { position, bytes } of gptPatches({ diskUuid: identifiers.disk, diskSize, partitions })) {
      await writeAt(file, bytes, position);
    }
  } finally {
    await file.close();
  }
}
