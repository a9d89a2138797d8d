import { rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerEntry } from '@ingot/content';
import type { Place } from '@ingot/workspace';
import { Ext4Full, makeExt4 } from './ext4/make.ts';
import { fittedSize, needsOf } from './ext4/size.ts';
import type { Superblock } from './ext4/superblock.ts';
import type { Identifiers } from './identifiers.ts';
import { alignment, diskTooSmall, geometryAround, geometryIn, type Geometry } from './partitions.ts';
import type { Run } from './toolbox.ts';

export interface RootPartitionOptions {
  /** The toolbox's folder, absolute; the disk, the unpacked entries and an empty folder are relative to it. */
  readonly folder: string;
  readonly disk: string;
  readonly content: string;
  readonly scratch: string;
  readonly entries: readonly LayerEntry[];
  /** Of the whole disk, in bytes; undefined: what is needed, and `free`. */
  readonly diskSize: number | undefined;
  readonly free: number;
  readonly espSize: number;
  readonly identifiers: Identifiers;
  readonly time: number;
  readonly signal: AbortSignal;
  /** Of `disk.size`. */
  readonly place: Place;
}

/** The label of the root file system, for those who write `LABEL=root`. */
export const rootLabel = 'root';

/** How often a fitted size is made larger before we give up: the estimate is on the safe side. */
const ATTEMPTS = 5;
/** Below it, mke2fs makes no file system with a journal. */
const leastRoot = 8 * alignment;

/**
 * A disk with its root file system, everything else still zeros. Throws ProjectErrors INGOT_DISK_TOO_SMALL, INGOT_EXT4,
 * and those of the toolbox.
 */
export async function makeRootPartition(
  run: Run<'mke2fs' | 'debugfs'>,
  options: RootPartitionOptions,
): Promise<{ readonly geometry: Geometry; readonly superblock: Superblock }> {
  const { diskSize, espSize, entries, free, identifiers } = options;
  const needs = needsOf(entries);
  let wanted = Math.max(leastRoot, fittedSize(needs, free));
  for (let attempt = 1; ; attempt++) {
    options.signal.throwIfAborted();
    const geometry = diskSize === undefined ? geometryAround(espSize, wanted) : geometryIn(espSize, diskSize);
    const tooSmall = () =>
      diskTooSmall(Math.max(leastRoot, fittedSize(needs, 0)), geometry.root.size, geometry.diskSize, options.place);
    if (geometry.root.size < leastRoot) throw tooSmall();
    await emptyDisk(options, geometry.diskSize);
    try {
      const superblock = await makeExt4(run, {
        ...options,
        ...geometry.root,
        label: rootLabel,
        uuid: identifiers.rootFileSystem,
        hashSeed: identifiers.hashSeed,
        needs,
      });
      return { geometry, superblock };
    } catch (error) {
      if (!(error instanceof Ext4Full)) throw error;
      if (diskSize !== undefined || attempt === ATTEMPTS) throw tooSmall();
      wanted += Math.ceil(wanted / 20 / alignment) * alignment;
    }
  }
}

/** A file of zeros that takes no room. */
async function emptyDisk({ folder, disk }: RootPartitionOptions, size: number): Promise<void> {
  const path = join(folder, disk);
  await rm(path, { force: true });
  await writeFile(path, '', { mode: 0o644 });
  await truncate(path, size);
}
