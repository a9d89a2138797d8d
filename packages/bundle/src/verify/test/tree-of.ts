import { sortedTree, type BundleTree, type TreeEntry } from '../../tree/tree.ts';

/** A file by its text or bytes, with a mode where it is not 0644; or what else may lie in a bundle. */
export type SampleEntry =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode: number }
  /** A file that is too large to be read. */
  | { readonly size: number }
  | { readonly link: string }
  /** A folder with this mode. */
  | { readonly folder: number }
  | typeof device;

export interface SampleOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly mediaTypes?: readonly string[];
}

/** A device, or a pipe. */
export const device = { device: true } as const;

/** A bundle's tree in memory: `treeOf({ 'manifests/a.yaml': 'text' })`. The folders above are there, with mode 0755. */
export function treeOf(
  samples: Readonly<Record<string, SampleEntry>>,
  { labels, mediaTypes }: SampleOptions = {},
): BundleTree {
  const entries = new Map<string, TreeEntry>();
  for (const [path, sample] of Object.entries(samples)) {
    const names = path.split('/');
    for (let length = 1; length < names.length; length += 1) {
      const folder = names.slice(0, length).join('/');
      if (!entries.has(folder)) entries.set(folder, { path: folder, type: 'directory', mode: 0o755 });
    }
    entries.set(path, entryOf(path, sample));
  }
  return sortedTree(entries, { labels, mediaTypes });
}

function entryOf(path: string, sample: SampleEntry): TreeEntry {
  if (typeof sample === 'string' || sample instanceof Uint8Array) return fileOf(path, sample, 0o644);
  if ('content' in sample) return fileOf(path, sample.content, sample.mode);
  if ('size' in sample) return { path, type: 'file', mode: 0o644, size: sample.size, content: undefined };
  if ('link' in sample) return { path, type: 'symlink', mode: 0o777, target: sample.link };
  if ('folder' in sample) return { path, type: 'directory', mode: sample.folder };
  return { path, type: 'other', mode: 0o644 };
}

function fileOf(path: string, text: string | Uint8Array, mode: number): TreeEntry {
  const content = new Uint8Array(Buffer.from(text));
  return { path, type: 'file', mode, size: content.length, content };
}
