import type { Descriptor, Fetcher } from '@ingot/content';
import type { Finding } from '@ingot/workspace';
import { treeOfImage } from '../tree/from-image.ts';
import type { BundleTree } from '../tree/tree.ts';
import type { Catalog } from './blobs.ts';
import { catalogFolder } from './catalog-folder.ts';
import { configsLabel } from './catalog-files.ts';
import type { CatalogFault, CatalogRule } from './catalog-rule.ts';
import { readCatalog } from './read-catalog.ts';
import { verifyCatalog } from './verify-catalog.ts';

/** Whether an image says that it has a catalog, or a folder looks like one. */
export function isCatalog(tree: BundleTree): boolean {
  return catalogFolder(tree) !== undefined;
}

/** Applies the rules to a catalog's image. Throws what treeOfImage throws. */
export async function verifyCatalogImage(fetcher: Fetcher, root: Descriptor): Promise<Finding[]> {
  return verifyCatalogTree(await treeOfImage(fetcher, root));
}

/** The same of an image that is unpacked, or of a folder, which has no labels. */
export function verifyCatalogTree(tree: BundleTree): Finding[] {
  const folder = catalogFolder(tree) ?? '';
  const where = tree.labels === undefined ? [] : verifyCatalog(nothing, [labelRule(tree, tree.labels, folder)]);
  if (where.some(({ level }) => level === 'error')) return where;
  const { catalog, faults } = readCatalog(tree, folder);
  return [...where, ...verifyCatalog(catalog, [filesRule(faults)]), ...verifyCatalog(catalog)];
}

const nothing: Catalog = { packages: [], channels: [], bundles: [], deprecations: [] };

function labelRule(tree: BundleTree, labels: Readonly<Record<string, string>>, folder: string): CatalogRule {
  const label = labels[configsLabel];
  return {
    id: 'catalog-label',
    holds: 'the image says where its catalog is',
    level: 'error',
    reason: 'catalogd unpacks that folder alone (filterForCatalogImage in internal/shared/util/image/cache.go).',
    remedy: `Set the label ${configsLabel} to the folder, /configs.`,
    *check(): Generator<CatalogFault> {
      if (label === undefined) yield { message: `the image has no label ${configsLabel}`, place: undefined };
      else if (folder !== '' && tree.entries.get(folder)?.type !== 'directory') {
        yield { message: `the label ${configsLabel} names ${label}, which is no folder`, place: undefined };
      }
    },
  };
}

function filesRule(faults: readonly CatalogFault[]): CatalogRule {
  return {
    id: 'catalog-files',
    holds: 'each file of the catalog can be read',
    level: 'error',
    reason: 'catalogd serves nothing of a catalog with such a file (WalkMetasFS in alpha/declcfg/load.go).',
    remedy: 'Correct the file, or leave it out of the folder.',
    check: () => faults,
  };
}
