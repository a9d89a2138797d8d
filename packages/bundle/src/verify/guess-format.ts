import type { BundleFormat } from '../formats.ts';
import { childrenOf, type BundleTree } from '../tree/tree.ts';

/** What OLM calls the formats in the label and in metadata/annotations.yaml (operator-registry pkg/lib/bundle). */
export const mediaTypeLabel = 'operators.operatorframework.io.bundle.mediatype.v1';

const byMediaType = new Map<string, BundleFormat>([
  ['registry+v1', 'registry'],
  ['plain+v0', 'plain'],
  ['helm+v3', 'helm'],
]);

/** The format that a tree looks like: by its label, else by what lies in it. Undefined where it looks like none. */
export function guessFormat(tree: BundleTree): BundleFormat | undefined {
  const labelled = byMediaType.get(tree.labels?.[mediaTypeLabel] ?? '');
  if (labelled !== undefined) return labelled;
  if (tree.entries.has('metadata/annotations.yaml')) return 'registry';
  if (isChart(tree, '')) return 'helm';
  if (tree.entries.has('manifests')) return 'plain';
  const folders = childrenOf(tree, '').filter(({ type }) => type === 'directory');
  return folders.some(({ path }) => isChart(tree, path)) ? 'helm' : undefined;
}

function isChart(tree: BundleTree, folder: string): boolean {
  return tree.entries.get(folder === '' ? 'Chart.yaml' : `${folder}/Chart.yaml`)?.type === 'file';
}
