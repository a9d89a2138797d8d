import { formatPlatform, isIndex, parseIndex, parseManifest, platformsOf, readBlob } from '@ingot/content';
import { CliError } from './error.ts';
import { chooseLayer } from './layer-choice.ts';
import type { Descriptor, Fetcher } from '@ingot/content';

/** The layer that `wanted` names, of an image or of an index that has but one. Throws CliError INGOT_LAYER, INGOT_LAYER_PLATFORM. */
export async function layerOf(fetcher: Fetcher, image: Descriptor, wanted: string): Promise<Descriptor> {
  const manifest = isIndex(image.mediaType) ? await onlyImage(fetcher, image) : image;
  return chooseLayer(parseManifest(await readBlob(fetcher, manifest), manifest).layers, wanted);
}

/** Throws INGOT_LAYER_PLATFORM where an index has several images. */
async function onlyImage(fetcher: Fetcher, index: Descriptor): Promise<Descriptor> {
  const { manifests } = parseIndex(await readBlob(fetcher, index), index);
  const [only] = manifests;
  if (only !== undefined && manifests.length === 1 && !isIndex(only.mediaType)) return only;
  const there = [...new Set((await platformsOf(fetcher, index)).map(formatPlatform))];
  throw new CliError(
    'INGOT_LAYER_PLATFORM',
    `${index.digest} is an index of ${manifests.length} images: whose layer?`,
    `Choose by --platform: ${there.join(', ')}; or name one of its images by digest. ingot inspect shows them.`,
  );
}
