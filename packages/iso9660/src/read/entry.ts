/** A piece of a file's content; `size` in bytes, the sector of 2048 bytes where it begins. */
export interface IsoExtent {
  readonly sector: number;
  readonly size: number;
}

/** The tree to look through: an image holds up to three over the same bytes. */
export type IsoView = 'rock-ridge' | 'joliet' | 'primary';

/**
 * A file, folder or link as a view shows it.
 * `path`: from the image's root, parts joined by `/`, none of them empty, `.`, `..`, or with a `/` or NUL inside.
 */
export interface IsoEntry {
  readonly path: string;
  /** The identifier as the directory record has it, `MANIFEST.YAML;1` for instance; decoded (Joliet: from UCS-2). */
  readonly identifier: string;
  /** `special`: a device, pipe or socket, which Rock Ridge can hold. */
  readonly type: 'file' | 'directory' | 'symlink' | 'special';
  /** Of the content, in bytes; 0 for anything but a file. */
  readonly size: number;
  /** Rock Ridge only: permission bits with setuid, setgid and sticky, without the type. */
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  /** Of the last change to the content, in seconds since the epoch; absent where the image has none. */
  readonly time?: number;
  /** Of a symbolic link, as it was written: it may point anywhere, and the reader never follows it. */
  readonly target?: string;
  /** The content, in order; of a folder, its directory records. */
  readonly extents: readonly IsoExtent[];
}
