interface Common {
  /** Relative, `/` between names, no slash at either end: `manifests/deployment.yaml`. */
  readonly path: string;
  /** Permissions: 0 to 0o7777. */
  readonly mode: number;
}

export interface TreeFile extends Common {
  readonly type: 'file';
  /** In bytes. */
  readonly size: number;
  /** Undefined where the file is larger than `largestFile`: it is no manifest, and nobody reads so much. */
  readonly content: Uint8Array | undefined;
}

export interface TreeFolder extends Common {
  readonly type: 'directory';
}

export interface TreeLink extends Common {
  readonly type: 'symlink';
  readonly target: string;
}

/** A device, a pipe: nothing that belongs into a bundle. */
export interface TreeOther extends Common {
  readonly type: 'other';
}

export type TreeEntry = TreeFile | TreeFolder | TreeLink | TreeOther;

/** What an unpacker sees of a bundle: all layers applied, or a folder as it lies on the disk. */
export interface BundleTree {
  /** By their paths, sorted; the root itself is not among them, every folder above an entry is. */
  readonly entries: ReadonlyMap<string, TreeEntry>;
  /** Of the image's config; undefined for a folder, which has none. */
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** The image's media types, manifest first; undefined for a folder. */
  readonly mediaTypes: readonly string[] | undefined;
}

/** The tree of these entries, in order. */
export function sortedTree(
  entries: ReadonlyMap<string, TreeEntry>,
  facts: Pick<BundleTree, 'labels' | 'mediaTypes'>,
): BundleTree {
  return { entries: new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1))), ...facts };
}

/** In bytes. A vendored chart may be that large; manifests are far smaller. */
export const largestFile = 16 * 1024 * 1024;

/** In bytes: what Linux takes for the target of a link (PATH_MAX, without the zero at its end). */
export const longestTarget = 4095;

/** The files and folders directly in a folder, by their paths, in order. `''` is the root. */
export function childrenOf({ entries }: BundleTree, folder: string): TreeEntry[] {
  const prefix = folder === '' ? '' : `${folder}/`;
  return [...entries.values()].filter(
    ({ path }) => path.startsWith(prefix) && path.length > prefix.length && !path.slice(prefix.length).includes('/'),
  );
}
