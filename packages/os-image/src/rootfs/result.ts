import type { Architecture } from '../description/description.ts';

/** A file that the target `rootfs` made. */
export interface RootfsFile {
  /** Relative to the folder of the target's output: `amd64/rootfs.tar`. */
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly digest: string;
}

/** A file that is in the root file system as well. */
export interface BootFile extends RootfsFile {
  /** Where it lies in there, absolute: `/boot/vmlinuz-6.1.0-40-cloud-amd64`. */
  readonly source: string;
}

/** What was made for one architecture. */
export interface RootfsArchitecture {
  readonly architecture: Architecture;
  /** The root file system as a deterministic tar, not compressed. */
  readonly tar: RootfsFile;
  /** Absent: it has none, and makes no image that boots. */
  readonly kernel?: BootFile;
  readonly initrd?: BootFile;
  readonly osRelease?: RootfsFile;
  /** As `dpkg -l` prints it; absent where no package manager's list was found. */
  readonly packages?: RootfsFile;
  /** A line `name version` for each package, sorted: what Garden Linux calls the manifest. */
  readonly manifest?: RootfsFile;
  /** What the builder said. */
  readonly log: RootfsFile;
  readonly packageCount: number;
}

/** `rootfs.json`: what a `rootfs` target made. */
export interface RootfsResult {
  readonly ingot: 'rootfs-result/v1';
  readonly name: string;
  /** The time of all that is dated, in seconds since 1970. */
  readonly time: number;
  readonly architectures: readonly RootfsArchitecture[];
}
