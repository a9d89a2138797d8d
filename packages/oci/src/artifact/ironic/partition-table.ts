import type { Guest } from './guest.ts';

/** Whether a disk has a partition table: a GPT (sectors of 512 or 4096 bytes), or an MBR. */
export async function hasPartitionTable(guest: Guest): Promise<boolean> {
  for (const sector of [512, 4096]) {
    if ((await guest.read(sector, 8)).toString('latin1') === 'EFI PART') return true;
  }
  return isMbr(await guest.read(0, 512));
}

/**
 * The boot sectors of file systems end as an MBR does: it counts with a sound table only, of four entries at 446, each
 * 16 bytes: the status 0 or 0x80, at 4 the type, at 12 the number of sectors (UEFI specification § Legacy MBR).
 */
function isMbr(sector: Buffer): boolean {
  if (sector.length < 512 || sector.readUInt16LE(510) !== 0xaa55) return false;
  const entries = [0, 1, 2, 3].map((i) => sector.subarray(446 + i * 16, 462 + i * 16));
  if (entries.some((entry) => entry[0] !== 0 && entry[0] !== 0x80)) return false;
  return entries.some((entry) => entry[4] !== 0 && entry.readUInt32LE(12) > 0);
}
