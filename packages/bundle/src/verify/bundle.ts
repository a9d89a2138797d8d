import type { BundleFormat, Consumer } from '../formats.ts';
import { parseManifest, type Manifest, type ManifestObject } from '../kubernetes/manifest.ts';
import { followed } from '../tree/root-path.ts';
import { childrenOf, type BundleTree } from '../tree/tree.ts';

/** What the rules judge. */
export interface Bundle {
  readonly format: BundleFormat;
  readonly consumers: readonly Consumer[];
  readonly tree: BundleTree;
  /** Of each file in manifests/ (plain, registry), whatever its name ends in, as the unpackers read them; else none. */
  readonly manifests: readonly Manifest[];
  /** All of their objects, in the order of files and documents. */
  readonly objects: readonly ManifestObject[];
}

export function bundleOf(tree: BundleTree, format: BundleFormat, consumers: readonly Consumer[]): Bundle {
  const names = format === 'helm' ? [] : childrenOf(tree, 'manifests').map(({ path }) => path);
  const manifests = names.flatMap((path) => {
    // A link to a file is read as that file.
    const entry = followed(tree.entries, path);
    return entry?.type === 'file' && entry.content !== undefined ? [parseManifest(path, entry.content)] : [];
  });
  return { format, consumers, tree, manifests, objects: manifests.flatMap(({ objects }) => objects) };
}
