import type { BundleFormat, Consumer } from '../formats.ts';
import { filesInCrds, isApplied } from '../helm/crd-files.ts';
import { parseManifest, type Manifest, type ManifestObject } from '../kubernetes/manifest.ts';
import { newExpansion } from '../kubernetes/value.ts';
import { followed } from '../tree/root-path.ts';
import { childrenOf, type BundleTree } from '../tree/tree.ts';

/** What the rules judge. */
export interface Bundle {
  readonly format: BundleFormat;
  readonly consumers: readonly Consumer[];
  readonly tree: BundleTree;
  /**
   * Of each file in manifests/ (plain, registry), whatever its name ends in, as the unpackers read them; or of each file
   * in crds/ of the charts (helm) that Helm applies as it is.
   */
  readonly manifests: readonly Manifest[];
  /** All of their objects, in the order of files and documents. */
  readonly objects: readonly ManifestObject[];
}

export function bundleOf(tree: BundleTree, format: BundleFormat, consumers: readonly Consumer[]): Bundle {
  const files = format === 'helm' ? filesInCrds(tree).filter(isApplied) : filesInManifests(tree);
  const limits = { expansion: newExpansion() };
  const manifests = files.flatMap(({ path, content }) =>
    content === undefined ? [] : [parseManifest(path, content, limits)],
  );
  return { format, consumers, tree, manifests, objects: manifests.flatMap(({ objects }) => objects) };
}

function filesInManifests(tree: BundleTree): { readonly path: string; readonly content: Uint8Array | undefined }[] {
  return childrenOf(tree, 'manifests').flatMap(({ path }) => {
    // A link to a file is read as that file.
    const entry = followed(tree.entries, path);
    return entry?.type === 'file' ? [{ path, content: entry.content }] : [];
  });
}
