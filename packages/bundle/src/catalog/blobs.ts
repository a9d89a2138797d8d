import type { Place } from '@ingot/workspace';

/** A fact about a bundle, for resolvers and user interfaces (alpha/property of operator-registry). */
export interface Property {
  readonly type: string;
  readonly value: unknown;
}

// The keys are in the order in which `opm render` writes them (alpha/declcfg/declcfg.go of operator-registry).

export interface CatalogPackage {
  readonly schema: 'olm.package';
  readonly name: string;
  /** Empty where nobody says it, which OLM refuses. */
  readonly defaultChannel: string;
  readonly icon?: CatalogIcon;
  readonly description?: string;
}

export interface CatalogIcon {
  readonly base64data: string;
  readonly mediatype: string;
}

export interface CatalogChannel {
  readonly schema: 'olm.channel';
  readonly name: string;
  readonly package: string;
  readonly entries: readonly ChannelEntry[];
}

/** A bundle in a channel, and from which others one may upgrade to it. */
export interface ChannelEntry {
  /** Of the bundle. */
  readonly name: string;
  readonly replaces?: string;
  readonly skips?: readonly string[];
  readonly skipRange?: string;
}

export interface CatalogBundle {
  readonly schema: 'olm.bundle';
  /** Of its CSV. */
  readonly name: string;
  readonly package: string;
  readonly image: string;
  readonly properties: readonly Property[];
  readonly relatedImages: readonly RelatedImage[];
}

export interface RelatedImage {
  readonly name: string;
  readonly image: string;
}

export interface CatalogDeprecations {
  readonly schema: 'olm.deprecations';
  readonly package: string;
  readonly entries: readonly DeprecationEntry[];
}

export interface DeprecationEntry {
  readonly reference: { readonly schema: string; readonly name?: string };
  readonly message: string;
}

export type CatalogBlob = CatalogPackage | CatalogChannel | CatalogBundle | CatalogDeprecations;

/** A blob, and where it comes from. */
export interface Placed<Blob extends CatalogBlob> {
  readonly blob: Blob;
  /** Of the value at these keys of the blob, or of the nearest around it that stands in catalog.yaml. */
  readonly place: (...keys: readonly (string | number)[]) => Place | undefined;
}

/** A file-based catalog. */
export interface Catalog {
  readonly packages: readonly Placed<CatalogPackage>[];
  readonly channels: readonly Placed<CatalogChannel>[];
  readonly bundles: readonly Placed<CatalogBundle>[];
  readonly deprecations: readonly Placed<CatalogDeprecations>[];
}

export const packageType = 'olm.package';

/** What the one `olm.package` property of a bundle says; undefined where there is not exactly one. */
export function packageOf({ properties }: CatalogBundle): PackageProperty | undefined {
  const [first, ...more] = properties.filter(({ type }) => type === packageType);
  if (first === undefined || more.length > 0) return undefined;
  const { packageName, version, release } = (first.value ?? {}) as Readonly<Record<string, unknown>>;
  return {
    packageName: typeof packageName === 'string' ? packageName : '',
    version: typeof version === 'string' ? version : '',
    ...(typeof release === 'string' && release !== '' ? { release } : {}),
  };
}

export interface PackageProperty {
  readonly packageName: string;
  readonly version: string;
  readonly release?: string;
}
