/** ECMA-119 §6.1.2: a logical sector, and in our images the logical block as well, in bytes. */
export const sectorSize = 2048;

/** How many sectors `bytes` need. */
export function sectorsFor(bytes: number): number {
  return Math.ceil(bytes / sectorSize);
}
