import type { Catalog, CatalogBlob, Placed } from './blobs.ts';

/** By which OLM finds the catalog in an image (pkg/containertools of operator-registry; catalogd's cache.go). */
export const configsLabel = 'operators.operatorframework.io.index.configs.v1';

export const configsFolder = '/configs';

/** A file of the catalog's image. */
export interface CatalogFile {
  /** Relative to the image's root: `configs/hello/catalog.json`. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** A file for each package, as `opm` writes a folder (WriteFS in alpha/declcfg/write.go of operator-registry). */
export function catalogFiles(catalog: Catalog): readonly CatalogFile[] {
  const names = catalog.packages.map(({ blob }) => blob.name).sort();
  return names.map((name) => ({
    path: `configs/${name}/catalog.json`,
    content: new TextEncoder().encode(
      catalogText({
        packages: catalog.packages.filter(({ blob }) => blob.name === name),
        channels: catalog.channels.filter(({ blob }) => blob.package === name),
        bundles: catalog.bundles.filter(({ blob }) => blob.package === name),
        deprecations: catalog.deprecations.filter(({ blob }) => blob.package === name),
      }),
    ),
  }));
}

/**
 * The blobs as `opm render -o json` writes them: JSON objects one after the other, packages first, then channels and
 * bundles by name. JSON, since what it says is beyond doubt: YAML's readers differ in what a plain `1e3` or `yes` is.
 */
export function catalogText({ packages, channels, bundles, deprecations }: Catalog): string {
  const blobs: readonly CatalogBlob[] = [
    ...byName(packages),
    ...byName(channels),
    ...byName(bundles),
    ...deprecations.map(({ blob }) => blob),
  ];
  return blobs.map((blob) => `${JSON.stringify(blob, null, 4)}\n`).join('');
}

function byName<Blob extends CatalogBlob & { readonly name: string }>(placed: readonly Placed<Blob>[]): Blob[] {
  return placed.map(({ blob }) => blob).sort((a, b) => (a.name === b.name ? 0 : a.name < b.name ? -1 : 1));
}
