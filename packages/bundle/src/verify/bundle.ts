import type { BundleFormat, Consumer } from '../formats.ts';
import { parseManifest, type Manifest, type ManifestObject } from '../kubernetes/manifest.ts';
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
  const files = format === 'helm' ? [] : childrenOf(tree, 'manifests').filter((entry) => entry.type === 'file');
  const manifests = files.flatMap(({ path, content }) => (content === undefined ? [] : [parseManifest(path, content)]));
  return { format, consumers, tree, manifests, objects: manifests.flatMap(({ objects }) => objects) };
}
