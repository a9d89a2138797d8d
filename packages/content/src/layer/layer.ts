import { compress } from '../compress/compress.ts';
import { Hashed } from '../hashed.ts';
import { layerType } from './layer-type.ts';
import { tarStream } from './tar.ts';
import type { LayerEntry } from './entry.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Compression } from '../media-type.ts';
import type { Ingester } from '../store.ts';

export interface LayerOptions {
  /** Default gzip: every runtime reads it. */
  readonly compression?: Compression;
  readonly level?: number;
  /** Of every entry, in seconds since 1970. */
  readonly mtime: number;
  readonly workers?: number;
}

/** A layer as an image names it. OCI image-spec, layer.md and config.md § rootfs. */
export interface Layer {
  readonly descriptor: Descriptor;
  /** The digest of the tar before compression. */
  readonly diffId: string;
}

export interface CreatedLayer extends Layer {
  /** Of the tar, in bytes. */
  readonly uncompressedSize: number;
}

/**
 * Makes a layer of `entries` and writes it to `into`, which hashes the blob; the tar is hashed on its way. The same
 * entries and options give the same digest on every machine. Throws what `tarStream`, `compress` and `into` throw.
 */
export async function createLayer(
  entries: Iterable<LayerEntry>,
  { compression = 'gzip', level, mtime, workers }: LayerOptions,
  into: Ingester,
): Promise<CreatedLayer> {
  const tar = new Hashed(tarStream(entries, { mtime }));
  const descriptor = await into.ingest(
    layerType(compression),
    compress(tar, { algorithm: compression, level, workers }),
  );
  return { descriptor, diffId: tar.digest(), uncompressedSize: tar.size };
}
