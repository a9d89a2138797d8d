import type { FileSpan } from '../store.ts';

interface Common {
  /** Relative, `/` between names, no slash at either end: `usr/bin/tool`. */
  readonly path: string;
  /** Permissions: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
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

export type LayerEntry = LayerFile | LayerDirectory | LayerSymlink | LayerHardlink;
