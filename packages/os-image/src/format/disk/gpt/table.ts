/** A partition; `offset` and `size` in bytes, GUIDs in lower case. */
export interface Partition {
  readonly name: string;
  readonly type: string;
  readonly uuid: string;
  readonly offset: number;
  readonly size: number;
}

/** A GUID partition table. */
export interface Table {
  readonly diskUuid: string;
  /** Of the whole disk, in bytes. */
  readonly diskSize: number;
  readonly partitions: readonly Partition[];
}

/** In bytes. */
export const sector = 512;

/** UEFI specification 2.10 § 5.3.1: room for 16,384 bytes of entries at least, here of 128 bytes each. */
export const entries = { count: 128, size: 128 } as const;

/** Sectors that header and entries take at each end of the disk; at the start one more, for the protective MBR. */
export const tableSectors = 1 + (entries.count * entries.size) / sector;
