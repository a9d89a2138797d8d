import { compress } from './compress/compress.ts';
import { decompress } from './compress/decompress.ts';
import { ContentError } from './error.ts';
import { Hashed } from './hashed.ts';
import { layerType } from './layer/layer-type.ts';
import { docker, layerCompression, oci } from './media-type.ts';
import { verified } from './read.ts';
import type { Layer } from './layer/layer.ts';
import type { Descriptor } from './descriptor.ts';
import type { Compression } from './media-type.ts';
import type { Fetcher, Ingester, Store } from './store.ts';

export interface RecompressOptions {
  /** Default gzip: what Docker schema 2 knows. */
  readonly compression?: Compression;
  readonly level?: number;
  readonly workers?: number;
  /** The most bytes that the layer may have uncompressed. Default 64 GiB. */
  readonly limit?: number;
}

/**
 * Writes the layer `from`, compressed in our way, to `into`; its media type stays in its family (OCI or Docker), and
 * `diffId` is that of the tar. Both sides are checked. Throws ContentError INGOT_LAYER_TYPE for what is no layer,
 * INGOT_DECOMPRESS, INGOT_DECOMPRESS_LIMIT, INGOT_BLOB_WRONG, INGOT_BLOB_MISSING, and what `into` throws.
 */
export async function recompress(
  fetcher: Fetcher,
  from: Descriptor,
  into: Ingester,
  options: RecompressOptions = {},
): Promise<Layer> {
  const tar = new Hashed(uncompressed(fetcher, from, options));
  const descriptor = await into.ingest(mediaTypeLike(from, options.compression), compressed(tar, options));
  return { descriptor, diffId: tar.digest() };
}

/**
 * Makes a recompressed layer again whose descriptor is known from an earlier time: writes it to `into` only if it comes
 * out the same. Throws ContentError INGOT_BLOB_WRONG if not, and what `recompress` throws.
 */
export function recompressTo(
  fetcher: Fetcher,
  from: Descriptor,
  expected: Descriptor,
  into: Store,
  options: RecompressOptions = {},
): Promise<void> {
  return into.push(expected, recompressed(fetcher, from, options));
}

/** The bytes alone, for a reader that takes them at once. They are not checked: wrap them in `verified`. */
export function recompressed(
  fetcher: Fetcher,
  from: Descriptor,
  options: RecompressOptions = {},
): AsyncIterable<Uint8Array> {
  return compressed(uncompressed(fetcher, from, options), options);
}

function uncompressed(fetcher: Fetcher, from: Descriptor, { limit }: RecompressOptions): AsyncIterable<Uint8Array> {
  const content = verified(from, fetcher.fetch(from));
  return decompress(content, compressionOf(from), { limit });
}

function compressed(
  tar: AsyncIterable<Uint8Array>,
  { compression = 'gzip', level, workers }: RecompressOptions,
): AsyncIterable<Uint8Array> {
  return compress(tar, { algorithm: compression, level, workers });
}

function compressionOf(from: Descriptor): Compression {
  const compression = layerCompression(from.mediaType);
  if (compression !== undefined) return compression;
  throw new ContentError('INGOT_LAYER_TYPE', `blob ${from.digest} (${from.mediaType}) is no layer that can be read`, {
    digest: from.digest,
    help: 'Layers are tar archives, plain or compressed with gzip or zstd; foreign layers lie at their own addresses.',
  });
}

function mediaTypeLike({ mediaType }: Descriptor, compression: Compression = 'gzip'): string {
  return layerType(compression, mediaType.startsWith('application/vnd.docker.') ? docker : oci);
}
