import { ContentError } from '../error.ts';
import { oci } from '../media-type.ts';
import { formatPlatform } from '../platform.ts';
import { annotated, pushJson } from './push-json.ts';
import type { Descriptor, Platform } from '../descriptor.ts';
import type { Store } from '../store.ts';

/** One image of an index. */
export interface IndexPart {
  readonly descriptor: Descriptor;
  readonly platform: Platform;
}

export interface IndexOptions {
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * Writes an OCI index of the images, in the order given, since clients take the first that fits. OCI image-spec,
 * image-index.md. Throws ContentError INGOT_INDEX_PLATFORM for a platform that is there twice.
 */
export async function assembleIndex(
  images: readonly IndexPart[],
  { annotations }: IndexOptions,
  store: Store,
): Promise<Descriptor> {
  const seen = new Set<string>();
  for (const { platform } of images) {
    const name = [formatPlatform(platform), platform['os.version'] ?? ''].join(' ').trim();
    if (seen.has(name)) {
      throw new ContentError('INGOT_INDEX_PLATFORM', `the index has two images for ${name}`, {
        help: 'Name each platform once.',
      });
    }
    seen.add(name);
  }
  const manifests = images.map(({ descriptor, platform }) => ({ ...descriptor, platform }));
  const index = { schemaVersion: 2, mediaType: oci.index, manifests, ...annotated(annotations) };
  return pushJson(oci.index, index, store);
}
