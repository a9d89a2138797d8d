import { channelsLabel, defaultChannelLabel } from '../registry/labels.ts';
import type { BundleTree } from '../tree/tree.ts';
import type { CatalogBundle } from './blobs.ts';
import { bundleError, packageNameOf, readBundleFiles } from './bundle-files.ts';
import { csvMetadata } from './csv-metadata.ts';
import { propertiesOf } from './properties.ts';
import { relatedImagesOf } from './related-images.ts';

/** A bundle as a catalog lists it, and what its annotations say of channels. */
export interface RenderedBundle {
  readonly blob: CatalogBundle;
  /** Those that the bundle says it belongs to. */
  readonly channels: readonly string[];
  readonly defaultChannel: string | undefined;
}

/**
 * A registry+v1 bundle as `opm render --migrate-level=bundle-object-to-csv-metadata` makes it: its own `olm.bundle`.
 * `image` is where it will be found, best by digest. Throws INGOT_CATALOG_BUNDLE, with the path in the bundle.
 */
export function renderBundle(tree: BundleTree, image: string): RenderedBundle {
  const files = readBundleFiles(tree);
  const { csv, annotations } = files;
  const metadata = csv.value['metadata'] as { readonly name?: unknown } | undefined;
  if (typeof metadata?.name !== 'string' || metadata.name === '') {
    throw bundleError(
      'the ClusterServiceVersion has no name, and the bundle has its name',
      csv.place('metadata', 'name'),
    );
  }
  return {
    blob: {
      schema: 'olm.bundle',
      name: metadata.name,
      package: packageNameOf(files),
      image,
      // opm puts what is large at the end (moveBundleObjectsToEndOfPropertySlices).
      properties: [...propertiesOf(files), csvMetadata(csv)],
      relatedImages: relatedImagesOf(csv, image),
    },
    channels: (annotations[channelsLabel] ?? '').split(',').filter((channel) => channel !== ''),
    defaultChannel: annotations[defaultChannelLabel] || undefined,
  };
}
