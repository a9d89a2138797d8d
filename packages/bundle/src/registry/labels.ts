const prefix = 'operators.operatorframework.io.bundle';

/** Keys of metadata/annotations.yaml, and labels of the image (operator-registry, pkg/lib/bundle/build.go). */
export const mediaTypeLabel = `${prefix}.mediatype.v1`;
export const manifestsLabel = `${prefix}.manifests.v1`;
export const metadataLabel = `${prefix}.metadata.v1`;
export const packageLabel = `${prefix}.package.v1`;
export const channelsLabel = `${prefix}.channels.v1`;
export const defaultChannelLabel = `${prefix}.channel.default.v1`;

/** What a registry+v1 bundle is part of. */
export interface BundlePackage {
  readonly package: string;
  readonly channels: readonly string[];
  /** Absent: the package says it elsewhere, or has one channel alone. */
  readonly defaultChannel?: string | undefined;
}

/** The lines of metadata/annotations.yaml and labels of the image, in the order in which OLM's tools write them. */
export function bundleLabels({ package: name, channels, defaultChannel }: BundlePackage): Record<string, string> {
  return {
    [mediaTypeLabel]: 'registry+v1',
    [manifestsLabel]: 'manifests/',
    [metadataLabel]: 'metadata/',
    [packageLabel]: name,
    [channelsLabel]: channels.join(','),
    ...(defaultChannel === undefined ? {} : { [defaultChannelLabel]: defaultChannel }),
  };
}
