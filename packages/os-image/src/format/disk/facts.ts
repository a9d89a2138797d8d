import type { Architecture, DiskDescription } from '../../description/description.ts';
import type { Partition } from './gpt/table.ts';

/** What a disk's result tells of each architecture, for `verify`, `boot`, and whoever writes an fstab. Sizes in bytes. */
export interface DiskFacts {
  readonly architecture: Architecture;
  readonly bootloader: DiskDescription['bootloader'];
  readonly diskSize: number;
  readonly diskUuid: string;
  readonly esp: Partition & {
    /** As in /dev/disk/by-uuid: `1A2B-3C4D`. */
    readonly volume: string;
    /** Paths in it. */
    readonly loader: string;
    readonly kernel: string;
    readonly initrd?: string;
  };
  readonly root: Partition & {
    readonly fileSystemUuid: string;
    readonly label: string;
    readonly free: number;
    readonly freeInodes: number;
  };
  /** What the kernel is told. */
  readonly commandLine: string;
}
