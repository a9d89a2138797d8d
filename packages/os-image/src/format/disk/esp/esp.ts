import { ProjectError, type Place } from '@ingot/workspace';
import type { Run } from '../toolbox.ts';
import { sector } from '../gpt/table.ts';

/** A file of the EFI system partition. */
export interface EspFile {
  /** `/` between names, none at either end: `EFI/BOOT/BOOTX64.EFI`. */
  readonly path: string;
  /** Where it lies; absolute. */
  readonly source: string;
  /** In bytes. */
  readonly size: number;
}

export interface EspOptions {
  /** The file to write into, relative to the toolbox's folder, and where, in bytes. */
  readonly disk: string;
  readonly offset: number;
  readonly size: number;
  /** 8 hex digits. */
  readonly volume: string;
  readonly files: readonly EspFile[];
}

/** A FAT with fewer clusters is no FAT32, whatever it says of itself (Microsoft's FAT specification, § 3.5). */
const fewestClusters = 65_525;
/** Before the first FAT, as mkfs.vfat has it. */
const reservedSectors = 32;

/**
 * Writes an EFI system partition into its place in a disk: FAT32 with these files, all dated by the toolbox's clock.
 * Throws ProjectErrors of the toolbox.
 */
export async function makeEsp(run: Run<'mkfs.vfat' | 'mmd' | 'mcopy'>, options: EspOptions): Promise<void> {
  const { disk, offset, size, volume, files } = options;
  const cluster = sectorsOfCluster(size);
  const places = ['--offset', String(offset / sector), '-h', String(offset / sector)];
  const shape = ['-F', '32', '-S', String(sector), '-s', String(cluster), '-f', '2', '-R', String(reservedSectors)];
  // -a: sizes of the FATs are not rounded, so that they are what roomOf says.
  const args = ['--invariant', '-a', ...shape, '-i', volume, '-n', 'ESP', ...places, disk, String(size / 1024)];
  await run('mkfs.vfat', args);
  const image = ['-i', `${disk}@@${offset}`];
  const folders = foldersOf(files);
  if (folders.length > 0) await run('mmd', [...image, ...folders.map((path) => `::/${path}`)]);
  // One by one: of a folder, mcopy would take the files in the order that the host has them in.
  for (const { path, source } of sorted(files)) await run('mcopy', [...image, source, `::/${path}`]);
}

/** Throws ProjectError INGOT_DISK_TOO_SMALL where the files do not go into `size` bytes, or no FAT32 does. */
export function checkEsp(files: readonly EspFile[], size: number, place: Place): void {
  const missing = neededSize(files) - size;
  if (missing <= 0) return;
  throw new ProjectError(
    'INGOT_DISK_TOO_SMALL',
    `the EFI system partition is too small: ${missing} bytes are missing for boot loader, kernel and initrd`,
    { place, help: `write \`esp: ${Math.ceil((size + missing) / 2 ** 20)}MiB\` or more` },
  );
}

/** In bytes, a multiple of 1 MiB. */
function neededSize(files: readonly EspFile[]): number {
  for (let size = 2 ** 20; ; size += 2 ** 20) {
    const cluster = sectorsOfCluster(size) * sector;
    const contents = files.reduce((sum, file) => sum + Math.ceil(file.size / cluster), 0);
    // A name takes up to 21 records of 32 bytes; the root is a folder too.
    const folders = (foldersOf(files).length + 1) * Math.ceil((files.length * 22 * 32) / cluster + 1);
    if (contents + folders <= clustersOf(size)) return size;
  }
}

/** How many clusters a partition has. Both FATs have 4 bytes for each, and for two more. */
function clustersOf(size: number): number {
  const perCluster = sectorsOfCluster(size);
  const sectors = size / sector - reservedSectors;
  const fat = Math.ceil(((sectors / perCluster + 2) * 4) / sector);
  const clusters = Math.floor((sectors - 2 * fat) / perCluster);
  return clusters < fewestClusters ? 0 : clusters;
}

/** As mkfs.vfat chooses: 512 bytes up to 260 MiB, then 4 KiB. */
function sectorsOfCluster(size: number): number {
  return size <= 260 * 2 ** 20 ? 1 : 8;
}

/** Parents first. */
function foldersOf(files: readonly EspFile[]): readonly string[] {
  const folders = files.flatMap(({ path }) => {
    const names = path.split('/').slice(0, -1);
    return names.map((_, i) => names.slice(0, i + 1).join('/'));
  });
  return [...new Set(folders)].sort();
}

function sorted(files: readonly EspFile[]): readonly EspFile[] {
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
