import { ProjectError, type Place } from '@ingot/workspace';
import { sector, tableSectors } from './gpt/table.ts';

/** Where the partitions lie, all in bytes. */
export interface Geometry {
  readonly diskSize: number;
  readonly esp: { readonly offset: number; readonly size: number };
  readonly root: { readonly offset: number; readonly size: number };
}

/** Partitions begin at multiples of it, as every partitioning tool has it. In bytes. */
export const alignment = 2 ** 20;

/** Around a root partition of `rootSize` bytes, a multiple of 1 MiB. */
export function geometryAround(espSize: number, rootSize: number): Geometry {
  const esp = { offset: alignment, size: aligned(espSize) };
  const root = { offset: esp.offset + esp.size, size: rootSize };
  // The second copy of the table has a MiB of its own.
  return { diskSize: root.offset + root.size + alignment, esp, root };
}

/** In a disk of `diskSize` bytes the root partition has what is left. Its size is 0 or less where nothing is. */
export function geometryIn(espSize: number, diskSize: number): Geometry {
  const whole = Math.floor(diskSize / sector) * sector;
  const esp = { offset: alignment, size: aligned(espSize) };
  const offset = esp.offset + esp.size;
  const end = Math.floor((whole - tableSectors * sector) / alignment) * alignment;
  return { diskSize: whole, esp, root: { offset, size: end - offset } };
}

/** The root file system needs `needed` bytes where there are `size`. */
export function diskTooSmall(needed: number, size: number, diskSize: number, place: Place): ProjectError {
  // Where content is near the limit, the estimate may lie a little below what there is.
  const missing = Math.max(alignment, aligned(needed) - size);
  return new ProjectError(
    'INGOT_DISK_TOO_SMALL',
    `the disk is too small: ${missing} bytes are missing for the root file system`,
    { place, help: `write \`size: ${Math.ceil((diskSize + missing) / alignment)}MiB\` or more, or leave it out` },
  );
}

function aligned(size: number): number {
  return Math.ceil(size / alignment) * alignment;
}
