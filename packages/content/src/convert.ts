import { digestOf } from './digest.ts';
import { ContentError } from './error.ts';
import { parseConfig, parseManifest } from './manifest.ts';
import { docker, isConfig, layerCompression } from './media-type.ts';
import { readBlob } from './read.ts';
import { recompress } from './recompress.ts';
import type { Descriptor } from './descriptor.ts';
import type { ImageManifest } from './manifest.ts';
import type { RecompressOptions } from './recompress.ts';
import type { Fetcher, Ingester } from './store.ts';

/** A layer of a converted image. `from` says how it is made again: from which blob, whose tar has this digest. */
export interface ConvertedLayer {
  readonly descriptor: Descriptor;
  readonly from?: { readonly descriptor: Descriptor; readonly diffId: string };
}

export interface ConvertedImage {
  readonly manifestBytes: Uint8Array;
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly config: Descriptor;
  /** One for each layer of the manifest, in its order. */
  readonly layers: readonly ConvertedLayer[];
}

/**
 * An image as Docker schema 2 with gzip layers (distribution docs/spec/manifest-v2-2.md). Layers that are not gzip are
 * recompressed into `store`; the manifest is the caller's to keep. The config's bytes, and so the diff_ids, stay. What is
 * that already is kept byte for byte. Throws ContentError INGOT_CONVERT_MEDIA_TYPE, INGOT_DIFF_ID, INGOT_MANIFEST,
 * INGOT_BLOB_*, and what `recompress` and `store` throw.
 */
export async function toDockerSchema2(
  fetcher: Fetcher,
  manifestDescriptor: Descriptor,
  store: Ingester,
  options: Pick<RecompressOptions, 'level' | 'workers' | 'limit'> = {},
): Promise<ConvertedImage> {
  const bytes = await readBlob(fetcher, manifestDescriptor);
  const manifest = parseManifest(bytes, manifestDescriptor);
  checkMediaTypes(manifestDescriptor, manifest);
  const diffIds = await readDiffIds(fetcher, manifestDescriptor, manifest);
  const layers: ConvertedLayer[] = [];
  for (const [index, layer] of manifest.layers.entries()) {
    layers.push(await convertLayer(fetcher, layer, diffIds[index] ?? '', store, options));
  }
  const config = { mediaType: docker.config, digest: manifest.config.digest, size: manifest.config.size };
  const manifestBytes = isDone(manifestDescriptor, manifest) ? bytes : encodeManifest(config, layers);
  const descriptor = {
    mediaType: docker.manifest,
    digest: digestOf(manifestBytes),
    size: manifestBytes.length,
  };
  return { manifestBytes, descriptor, config, layers };
}

/** Members in the order in which skopeo writes them, so that an image of gzip layers has the same digest as there. */
function encodeManifest(config: Descriptor, layers: readonly ConvertedLayer[]): Uint8Array {
  const ordered = ({ mediaType, size, digest }: Descriptor): object => ({ mediaType, size, digest });
  const manifest = {
    schemaVersion: 2,
    mediaType: docker.manifest,
    config: ordered(config),
    layers: layers.map(({ descriptor }) => ordered(descriptor)),
  };
  return Buffer.from(JSON.stringify(manifest));
}

function isDone(descriptor: Descriptor, manifest: ImageManifest): boolean {
  return (
    descriptor.mediaType === docker.manifest &&
    manifest.config.mediaType === docker.config &&
    manifest.layers.every((layer) => layer.mediaType === docker.layerGzip)
  );
}

/** Everything that cannot be converted, named at once. */
function checkMediaTypes(of: Descriptor, manifest: ImageManifest): void {
  const wrong = [
    ...(isConfig(manifest.config.mediaType) ? [] : [manifest.config]),
    ...manifest.layers.filter((layer) => layerCompression(layer.mediaType) === undefined),
  ];
  if (wrong.length === 0) return;
  const names = wrong.map(({ digest, mediaType }) => `${mediaType} (${digest})`);
  throw new ContentError(
    'INGOT_CONVERT_MEDIA_TYPE',
    `image ${of.digest} has what Docker schema 2 cannot hold: ${names.join(', ')}`,
    {
      digest: of.digest,
      help: 'Only container images whose layers are tars, plain or compressed with gzip or zstd, can be converted.',
    },
  );
}

async function readDiffIds(fetcher: Fetcher, of: Descriptor, manifest: ImageManifest): Promise<readonly string[]> {
  const config = parseConfig(await readBlob(fetcher, manifest.config), manifest.config);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length === manifest.layers.length) return diffIds;
  throw new ContentError(
    'INGOT_DIFF_ID',
    `image ${of.digest} has ${manifest.layers.length} layers, but ${diffIds.length} diff_ids in its config`,
    { digest: of.digest, help: 'The image is broken: build or pull it again.' },
  );
}

async function convertLayer(
  fetcher: Fetcher,
  layer: Descriptor,
  diffId: string,
  store: Ingester,
  options: RecompressOptions,
): Promise<ConvertedLayer> {
  const { digest, size } = layer;
  if (layerCompression(layer.mediaType) === 'gzip')
    return { descriptor: { mediaType: docker.layerGzip, digest, size } };
  const made = await recompress(fetcher, layer, store, { ...options, compression: 'gzip' });
  if (made.diffId !== diffId) throw wrongDiffId(layer, made.diffId, diffId);
  const descriptor = { mediaType: docker.layerGzip, digest: made.descriptor.digest, size: made.descriptor.size };
  return { descriptor, from: { descriptor: { mediaType: layer.mediaType, digest, size }, diffId } };
}

/** The error INGOT_DIFF_ID: the config says another digest of the layer's tar. */
export function wrongDiffId(layer: Descriptor, actual: string, expected: string): ContentError {
  return new ContentError(
    'INGOT_DIFF_ID',
    `layer ${layer.digest} holds a tar with the digest ${actual}, but the config says ${expected}`,
    { digest: layer.digest, help: 'The image is broken: build or pull it again.' },
  );
}
