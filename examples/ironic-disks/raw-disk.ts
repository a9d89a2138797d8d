const sectorSize = 512;

/** Where the partition begins and how long it is, in sectors: on a boundary of 1 MiB, as installers do it. */
const partition = { start: 2048, sectors: 2048, linux: 0x83 };

/** A raw disk of 2 MiB: an MBR (UEFI specification § Legacy MBR) and one partition, which begins with the text. */
export function rawDisk(text: string): Buffer {
  const disk = Buffer.alloc((partition.start + partition.sectors) * sectorSize);
  const entry = 446;
  disk[entry + 4] = partition.linux;
  disk.writeUInt32LE(partition.start, entry + 8);
  disk.writeUInt32LE(partition.sectors, entry + 12);
  disk.writeUInt16LE(0xaa55, 510);
  disk.write(text, partition.start * sectorSize);
  return disk;
}
