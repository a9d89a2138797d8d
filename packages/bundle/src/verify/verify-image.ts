import type { Descriptor, Fetcher } from '@ingot/content';
import type { Finding } from '@ingot/workspace';
import { isCatalog, verifyCatalogTree } from '../catalog/verify-image.ts';
import { consumersOf, type BundleFormat, type Consumer } from '../formats.ts';
import { treeOfImage } from '../tree/from-image.ts';
import type { BundleTree } from '../tree/tree.ts';
import { bundleOf } from './bundle.ts';
import { guessFormat } from './guess-format.ts';
import { verifyBundle } from './verify-bundle.ts';

export interface VerifyTreeOptions {
  /** Default: what the tree looks like. */
  readonly format?: BundleFormat;
  /** Default: who unpacks that format. */
  readonly consumers?: readonly Consumer[];
  /** By the path in the bundle, the file that it comes from: findings name that one. */
  readonly sources?: Readonly<Record<string, string>>;
}

/**
 * Applies the rules to a bundle that was unpacked, or to a catalog. Its first finding says why there is no other, where it
 * is neither.
 */
export function verifyTree(tree: BundleTree, options: VerifyTreeOptions = {}): Finding[] {
  if (options.format === undefined && isCatalog(tree)) return verifyCatalogTree(tree);
  const format = options.format ?? guessFormat(tree);
  if (format === undefined) return [noBundle];
  const bundle = bundleOf(tree, format, options.consumers ?? consumersOf(format));
  return [...verifyBundle(bundle)].map((finding) => placed(finding, options.sources ?? {}));
}

/** The same of an image. Throws what treeOfImage throws. */
export async function verifyImage(
  fetcher: Fetcher,
  root: Descriptor,
  options: VerifyTreeOptions = {},
): Promise<Finding[]> {
  return verifyTree(await treeOfImage(fetcher, root), options);
}

/** The finding with its place in front, where the author would mend it. */
function placed(finding: Finding, sources: Readonly<Record<string, string>>): Finding {
  if (finding.path === undefined) return finding;
  const [, file = finding.path, position = ''] = /^(.*?)((?::\d+)*)$/s.exec(finding.path) ?? [];
  const path = `${Object.hasOwn(sources, file) ? sources[file] : file}${position}`;
  return { ...finding, path, message: `${path}: ${finding.message}` };
}

const noBundle: Finding = {
  rule: 'bundle-format',
  level: 'error',
  message: 'this is no bundle: neither manifests/ nor a Chart.yaml is there',
  reason: 'rukpak and OLM look for the folder manifests, Helm for a chart at the root or in its only folder.',
  remedy: 'Put the manifests into a folder of that name, or name the format.',
};
