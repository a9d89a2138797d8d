import type { LayerEntry } from '@ingot/content';
import { throwErrors, type ImageResult } from '@ingot/workspace';
import { writeFiles, type ImageOutputOptions } from '../assemble/build.ts';
import { treeOfImage } from '../tree/from-image.ts';
import { catalogFiles, configsFolder, configsLabel } from './catalog-files.ts';
import { catalogOf } from './catalog-of.ts';
import type { CatalogDescription } from './description.ts';
import { catalogErrors } from './graph.ts';
import { readIcons } from './icon.ts';
import type { OpenBundle } from './open-bundle.ts';
import { renderBundle, type RenderedBundle } from './render-bundle.ts';

/** What dist/catalog.json says beside what every image.json says. */
export interface CatalogFacts {
  readonly catalog: {
    /** In the order of catalog.yaml. */
    readonly bundles: readonly { readonly name: string; readonly package: string; readonly image: string }[];
  };
}

export type CatalogResult = ImageResult & CatalogFacts;

export interface BuildCatalogOptions extends ImageOutputOptions {
  /** The bundle at an index of the description's list. */
  readonly open: (index: number) => Promise<OpenBundle>;
}

/**
 * Makes the image that catalogd reads: a file for each package below /configs. The same bundles give the same digest
 * anywhere. Throws ProjectErrors at their places: what `open`, renderBundle and readIcons throw, and all that OLM would
 * refuse (`catalogErrors`).
 */
export async function buildCatalog(
  description: CatalogDescription,
  options: BuildCatalogOptions,
): Promise<CatalogResult> {
  const rendered: RenderedBundle[] = [];
  for (const index of description.bundles.keys()) {
    const { root, fetcher, image } = await options.open(index);
    rendered.push(renderBundle(await treeOfImage(fetcher, root), image));
  }
  const catalog = catalogOf(description, rendered, await readIcons(description));
  throwErrors(catalogErrors(catalog));
  const entries = catalogFiles(catalog).map(({ path, content }): LayerEntry => ({
    ...{ type: 'file', path, mode: 0o644, uid: 0, gid: 0, size: content.length, content },
  }));
  const labels = { ...description.labels, [configsLabel]: configsFolder };
  const image = { ...description, labels, platformsPlace: description.place([]) };
  const bundles = rendered.map(({ blob }) => ({ name: blob.name, package: blob.package, image: blob.image }));
  return writeFiles(image, entries, options, { catalog: { bundles } });
}
