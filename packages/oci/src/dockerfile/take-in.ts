import {
  assembleImage,
  copy,
  openSource,
  readBase,
  selectPlatform,
  type LayoutStore,
  type Platform,
  type Source,
} from '@ingot/content';
import { withPlace } from '@ingot/workspace';
import type { BuiltPlatform } from '../image/build.ts';
import type { ImageDescription } from '../image/description.ts';

export interface TakeInOptions {
  /** What the sources' paths are relative to. */
  readonly folder: string;
  readonly image: ImageDescription;
  /** Seconds since 1970. */
  readonly time: number;
  readonly note: (text: string) => void;
}

/**
 * Puts what an engine built into `store`, a source for each platform: the layers as they are, each checked against its
 * digest, and config and manifest written anew, with the labels and annotations of image.yaml and without what the
 * engine says of itself. Throws content's errors, at `dockerfile` of image.yaml.
 */
export async function takeIn(
  sources: readonly Source[],
  options: TakeInOptions,
  store: LayoutStore,
): Promise<readonly BuiltPlatform[]> {
  const { image } = options;
  return withPlace(image.dockerfile!.place, async () => {
    const built: BuiltPlatform[] = [];
    for (const [index, platform] of image.platforms.entries()) {
      built.push(await takePlatform(sources[index]!, platform, options, store));
    }
    return built;
  });
}

async function takePlatform(
  source: Source,
  platform: Platform,
  { folder, image, time, note }: TakeInOptions,
  store: LayoutStore,
): Promise<BuiltPlatform> {
  const { root, fetcher } = await openSource(source, { baseDir: folder });
  const base = await readBase(fetcher, await selectPlatform(fetcher, root, platform));
  if ('OnBuild' in (base.config.config ?? {})) note('ONBUILD is not kept: OCI images have none');
  for (const layer of base.manifest.layers) await copy(layer, fetcher, store);
  const { labels, annotations } = image;
  const parts = { base, layers: [], platform, config: { labels }, annotations, created: time };
  const { descriptor, manifest } = await assembleImage(parts, store);
  return { platform, descriptor, manifest, inherited: [] };
}
