import { ContentError } from '../error.ts';
import { parseConfig, parseManifest } from '../manifest.ts';
import { docker, layerCompression } from '../media-type.ts';
import { layerType } from '../layer/layer-type.ts';
import { readBlob } from '../read.ts';
import type { Descriptor } from '../descriptor.ts';
import type { ImageConfig, ImageManifest } from '../manifest.ts';
import type { Fetcher } from '../store.ts';
import type { Layer } from '../layer/layer.ts';

/** An image to build on: what its manifest and config say. Its layers need not be at hand. */
export interface BaseImage {
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
}

type History = NonNullable<ImageConfig['history']>[number];

/**
 * Manifest and config of an image, OCI or Docker schema 2, each checked against its digest. `descriptor` is that of a
 * manifest (`selectPlatform` finds it in an index). Throws ContentError INGOT_MANIFEST, INGOT_BLOB_*.
 */
export async function readBase(fetcher: Fetcher, descriptor: Descriptor): Promise<BaseImage> {
  const manifest = parseManifest(await readBlob(fetcher, descriptor), descriptor);
  const config = parseConfig(await readBlob(fetcher, manifest.config), manifest.config);
  return { manifest, config };
}

/** The base's layers as OCI names them, each with its diff_id. Throws ContentError INGOT_IMAGE_BASE. */
export function baseLayers({ manifest, config }: BaseImage): Layer[] {
  const diffIds = config.rootfs.diff_ids;
  if (manifest.layers.length !== diffIds.length) {
    throw badBase(manifest, `has ${manifest.layers.length} layers, but ${diffIds.length} diff_ids in its config`);
  }
  return manifest.layers.map((layer, index) => ({
    descriptor: ociLayer(layer, manifest),
    diffId: diffIds[index] as string,
  }));
}

/** The base's history, with one entry for each layer: viewers count them against the layers. */
export function baseHistory({ config }: BaseImage): History[] {
  const history = config.history ?? [];
  const layers = config.rootfs.diff_ids.length;
  if (history.filter((entry) => entry.empty_layer !== true).length === layers) return [...history];
  return Array.from({ length: layers }, () => ({ created_by: 'base image without a history' }));
}

const foreign = new Map([
  ['application/vnd.docker.image.rootfs.foreign.diff.tar', 'application/vnd.oci.image.layer.nondistributable.v1.tar'],
  [
    'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
    'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip',
  ],
]);
const foreignOci = new Set(foreign.values());

/** OCI image-spec, media-types.md § Compatibility Matrix. */
function ociLayer({ data: _, ...layer }: Descriptor, manifest: ImageManifest): Descriptor {
  const compression = layerCompression(layer.mediaType);
  if (compression !== undefined) {
    return { ...layer, mediaType: layerType(compression) };
  }
  const mediaType = foreignOci.has(layer.mediaType) ? layer.mediaType : foreign.get(layer.mediaType);
  if (mediaType !== undefined) return { ...layer, mediaType };
  throw badBase(manifest, `has a layer of type ${layer.mediaType}`);
}

export function badBase(manifest: ImageManifest, what: string): ContentError {
  const name = manifest.mediaType === docker.manifest ? 'Docker image' : 'image';
  return new ContentError('INGOT_IMAGE_BASE', `the base ${name} with the config ${manifest.config.digest} ${what}`, {
    digest: manifest.config.digest,
    help: 'Only a container image, for the platform that is built, can be built upon.',
  });
}
