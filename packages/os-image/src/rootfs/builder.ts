import type { Descriptor, Fetcher, LayerEntry } from '@ingot/content';
import type { FilesDescription } from '@ingot/oci';
import type { BuildLog } from '@ingot/workspace';
import type { Architecture, OsImageDescription, RootfsDescription } from '../description/description.ts';
import type { Built } from './finish.ts';

/** What a root file system is taken from: a tar or a folder of the disk (absolute), or the manifest of an image. */
export type OpenedRootfs = { readonly path: string } | { readonly manifest: Descriptor; readonly fetcher: Fetcher };

/** How what the description names is found; this part knows nothing of projects and registries. */
export interface RootfsSources {
  /** What an entry of `files` puts into the root file system. */
  files(entry: FilesDescription, architecture: Architecture): Promise<readonly LayerEntry[]>;
  /** What `rootfs.from` names. */
  open(rootfs: RootfsDescription, architecture: Architecture): Promise<OpenedRootfs>;
}

export interface BuilderOptions {
  readonly description: OsImageDescription;
  /** Of all that is dated, in seconds since 1970. */
  readonly time: number;
  readonly sources: RootfsSources;
  /** For its own files while it builds; it goes away afterwards. Absolute. */
  readonly temporary: string;
  /** Undefined: whatever is newest gets in. */
  readonly preferences: (architecture: Architecture) => string | undefined;
  readonly signal: AbortSignal;
  /** Something that the author should know, a line. */
  readonly note: (text: string) => void;
}

/** A way to come to a root file system. */
export interface RootfsBuilder {
  /** What must show in no log, and be in no root file system. */
  readonly secrets: readonly string[];
  build(architecture: Architecture, log: BuildLog): Promise<Built>;
}
