import type { Descriptor, Fetcher, Ingester, Located, Platform, Store } from '@ingot/content';
import { selectPlatform, toDockerSchema2 } from '@ingot/content';
import type { Place } from '@ingot/workspace';
import { withPlace } from '@ingot/workspace';

import { missingBlob } from './missing-blob.ts';
import type { PlannedContent, PlannedImage } from './plan.ts';

/** An image before it is taken in: where its descriptors lead, and the names that solution.yaml gives it. */
export interface ImageToPlan {
  readonly name: string;
  readonly tag: string;
  readonly aliases: readonly string[];
  /** In the grammar of sources, paths relative to the workspace root. */
  readonly source: string;
  readonly root: Descriptor;
  readonly fetcher: Fetcher & Located;
  /** Where solution.yaml names it, for errors. */
  readonly place: Place;
}

/** A file of an image's folder in the archive. */
export interface ImageFile {
  readonly name: string;
  readonly digest: string;
  readonly size: number;
  readonly content: PlannedContent;
}

/** An image in the form that MetalK8s takes: the files of its folder images/NAME/TAG. */
export interface ConvertedImage {
  readonly planned: PlannedImage;
  readonly files: readonly ImageFile[];
}

/** The level of a layer that has to be made gzip: recorded in the plan, so that the same bytes can be made again. */
export const recompressionLevel = 6;

/**
 * Selects the platform and converts the manifest to Docker schema 2; layers that are not gzip are recompressed into
 * `store`; the others are looked for, not read. Throws, with the image's place, INGOT_PLATFORM,
 * INGOT_CONVERT_MEDIA_TYPE, INGOT_BLOB_MISSING, INGOT_BLOB_WRONG.
 */
export function convertImage(image: ImageToPlan, platform: Platform, store: Store & Ingester): Promise<ConvertedImage> {
  return withPlace(image.place, () => convert(image, platform, store));
}

async function convert(image: ImageToPlan, platform: Platform, store: Store & Ingester): Promise<ConvertedImage> {
  const manifest = await selectPlatform(image.fetcher, image.root, platform);
  const converted = await toDockerSchema2(image.fetcher, manifest, store, { level: recompressionLevel });
  for (const { descriptor, from } of converted.layers) {
    if (from === undefined && !(await image.fetcher.exists(descriptor))) throw missingBlob(image.source, descriptor);
  }
  const blobs: ImageFile[] = [
    blobFile(converted.config, { source: image.source, mediaType: converted.config.mediaType }),
    ...converted.layers.map(({ descriptor, from }) =>
      blobFile(
        descriptor,
        from === undefined
          ? { source: image.source, mediaType: descriptor.mediaType }
          : {
              source: image.source,
              recompressed: {
                digest: from.descriptor.digest,
                size: from.descriptor.size,
                mediaType: from.descriptor.mediaType,
                level: recompressionLevel,
              },
            },
      ),
    ),
  ];
  const unique = [...new Map(blobs.map((file) => [file.name, file])).values()];
  const manifestText = new TextDecoder('utf-8', { ignoreBOM: true }).decode(converted.manifestBytes);
  const { name, tag, aliases, source } = image;
  return {
    planned: {
      name,
      tag,
      aliases,
      digest: converted.descriptor.digest,
      source,
      size: unique.reduce((sum, file) => sum + file.size, 0),
    },
    files: [
      {
        name: 'manifest.json',
        digest: converted.descriptor.digest,
        size: converted.descriptor.size,
        content: { text: manifestText },
      },
      ...unique,
    ],
  };
}

function blobFile(descriptor: Descriptor, content: PlannedContent): ImageFile {
  return { name: descriptor.digest.slice('sha256:'.length), digest: descriptor.digest, size: descriptor.size, content };
}
