/** OCI image-spec, media-types.md. */
export const oci = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar',
  layerGzip: 'application/vnd.oci.image.layer.v1.tar+gzip',
  layerZstd: 'application/vnd.oci.image.layer.v1.tar+zstd',
  empty: 'application/vnd.oci.empty.v1+json',
} as const;

/** Docker image manifest version 2, schema 2 (distribution docs/spec/manifest-v2-2.md); `layer` as containers/image names it. */
export const docker = {
  index: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
  layerGzip: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  layerZstd: 'application/vnd.docker.image.rootfs.diff.tar.zstd',
} as const;

/** How a layer's tar is compressed. */
export type Compression = 'gzip' | 'zstd' | 'none';

const compressions = new Map<string, Compression>([
  [oci.layer, 'none'],
  [oci.layerGzip, 'gzip'],
  [oci.layerZstd, 'zstd'],
  [docker.layer, 'none'],
  [docker.layerGzip, 'gzip'],
  [docker.layerZstd, 'zstd'],
]);

/** An image manifest, OCI or Docker schema 2. */
export function isManifest(mediaType: string): boolean {
  return mediaType === oci.manifest || mediaType === docker.manifest;
}

/** An image index (OCI) or manifest list (Docker). */
export function isIndex(mediaType: string): boolean {
  return mediaType === oci.index || mediaType === docker.index;
}

/** The config of a container image, OCI or Docker. */
export function isConfig(mediaType: string): boolean {
  return mediaType === oci.config || mediaType === docker.config;
}

/** A layer whose bytes we can read. Foreign (non-distributable) layers are none. */
export function isLayer(mediaType: string): boolean {
  return compressions.has(mediaType);
}

/** How the layer is compressed; undefined for what is no layer, or a foreign one. */
export function layerCompression(mediaType: string): Compression | undefined {
  return compressions.get(mediaType);
}
