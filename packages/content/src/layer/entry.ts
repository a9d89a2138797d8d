import type { FileSpan } from '../store.ts';

interface Common {
  /** Relative, `/` between names, no slash at either end: `usr/bin/tool`. */
  readonly path: string;
  /** Permissions: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** In seconds since 1970; absent: the time of the whole layer. */
  readonly mtime?: number;
  /** Extended attributes by their names: `security.capability`. */
  readonly xattrs?: Readonly<Record<string, Uint8Array>>;
}

/** A file; `size` in bytes. A span that begins at 0 is a whole file on the disk, one that begins later a part of one. */
export interface LayerFile extends Common {
  readonly type: 'file';
  readonly size: number;
  readonly content: FileSpan | Uint8Array;
}

export interface LayerDirectory extends Common {
  readonly type: 'directory';
}

export interface LayerSymlink extends Common {
  readonly type: 'symlink';
  /** As readlink gives it; it may lead anywhere. */
  readonly target: string;
}

/** One more name of a file of the same layer. Mode and owner are the file's. */
export interface LayerHardlink extends Common {
  readonly type: 'hardlink';
  /** The path of that file, written as `path` is. */
  readonly target: string;
}

/** A device of root file systems; images of containers get theirs from whoever runs them. */
export interface LayerDevice extends Common {
  readonly type: 'character' | 'block';
  readonly major: number;
  readonly minor: number;
}

export interface LayerFifo extends Common {
  readonly type: 'fifo';
}

export type LayerEntry = LayerFile | LayerDirectory | LayerSymlink | LayerHardlink | LayerDevice | LayerFifo;
