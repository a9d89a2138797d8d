import { rm } from 'node:fs/promises';
import {
  assembleImage,
  assembleIndex,
  formatPlatform,
  LayoutStore,
  matchesPlatform,
  readBase,
  refName,
  stagingFolder,
  type AddedLayer,
  type BaseImage,
  type Descriptor,
  type ImageManifest,
  type Platform,
} from '@ingot/content';
import { withPlace, type ImageResult, type InheritedBlob } from '@ingot/workspace';
import type { OpenBase, OpenPlatform } from './base.ts';
import type { ImageDescription } from './description.ts';
import type { FilesDescription } from './files-description.ts';
import { LayerMaker } from './layers.ts';
import type { FilesFolder } from './maker.ts';
import { putLayout, putResult } from './output.ts';

export interface BuildOptions {
  /** Where the layout goes; the result goes beside it, as `<layoutDir>.json`. Absolute. */
  readonly layoutDir: string;
  readonly resultFile: string;
  /** Of the image and of all its files: seconds since 1970. */
  readonly time: number;
  readonly base: OpenBase | undefined;
  /** The base for one platform. Throws where there is none. */
  readonly selectBase: (base: OpenBase, platform: Platform) => Promise<OpenPlatform>;
  readonly folderOf: (entry: FilesDescription) => FilesFolder;
  /** Threads that compress. */
  readonly workers?: number;
}

/** An image for one platform, whose blobs are in the layout but for those that it inherits. */
export interface BuiltPlatform {
  readonly platform: Platform;
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly inherited: readonly InheritedBlob[];
}

/**
 * Assembles an image: its layout (only what the project made: layers, configs, manifests) and its result. The same
 * description and files give the same digest anywhere. What stood there before is replaced at the end, or stays as it
 * was. Throws ProjectErrors with their places, and content's errors.
 */
export async function buildImage(description: ImageDescription, options: BuildOptions): Promise<ImageResult> {
  return writeImage(description, options, async (store) => {
    const without = new Set([options.layoutDir, options.resultFile, store.root]);
    const layers = new LayerMaker(options, without, store);
    const images: BuiltPlatform[] = [];
    for (const platform of description.platforms) {
      images.push(await buildPlatform(description, platform, options, layers, store));
    }
    return images;
  });
}

/** What an image is called, and where in its project file its platforms are. */
export type ImageIdentity = Pick<
  ImageDescription,
  'name' | 'version' | 'annotations' | 'repositories' | 'platformsPlace'
>;

/**
 * Writes layout and result of what `make` puts into a store: both whole, or neither. `more` is what the result says
 * beside what every image's says.
 */
export async function writeImage<More extends object = object>(
  description: ImageIdentity,
  { layoutDir, resultFile }: Pick<BuildOptions, 'layoutDir' | 'resultFile'>,
  make: (store: LayoutStore) => Promise<readonly BuiltPlatform[]>,
  more: More = {} as More,
): Promise<ImageResult & More> {
  const staging = await stagingFolder(layoutDir);
  try {
    const store = new LayoutStore(staging);
    const images = await make(store);
    const root = await rootOf(description, images, store);
    await store.setRoots([{ ...root, annotations: { [refName]: description.version } }]);
    const result = { ...resultOf(description, root, images), ...more };
    await putLayout(layoutDir, staging);
    await putResult(resultFile, `${JSON.stringify(result, undefined, 2)}\n`);
    return result;
  } finally {
    // Where it cannot be removed it could not be made: that error is the one to see.
    await rm(staging, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function buildPlatform(
  description: ImageDescription,
  platform: Platform,
  options: BuildOptions,
  layers: LayerMaker,
  store: LayoutStore,
): Promise<BuiltPlatform> {
  const base = options.base && (await options.selectBase(options.base, platform));
  const image = base && (await withPlace(description.from!.place, () => readBase(base.fetcher, base.manifest)));
  const added: AddedLayer[] = [];
  for (const layer of description.layers) {
    if (layer.platforms && !layer.platforms.some((wanted) => matchesPlatform(wanted, platform))) continue;
    added.push(await layers.make(layer, platform));
  }
  const made = await withPlace({ file: description.file, line: 1, column: 1 }, () =>
    assembleImage(
      {
        base: image,
        layers: added,
        platform,
        config: settings(description),
        annotations: description.annotations,
        created: options.time,
      },
      store,
    ),
  );
  const inherited = base && image ? await inheritedOf(base, image, store) : [];
  return { platform, descriptor: made.descriptor, manifest: made.manifest, inherited };
}

/** What the image has from its base: named where it can be found again, else copied. */
async function inheritedOf(base: OpenPlatform, image: BaseImage, store: LayoutStore): Promise<InheritedBlob[]> {
  const blobs: InheritedBlob[] = [];
  for (const layer of image.manifest.layers) {
    const { digest, size, mediaType } = layer;
    if (base.source === undefined) await copyBlob(layer, base, store);
    else blobs.push({ digest, size, mediaType, source: base.source });
  }
  return blobs;
}

async function copyBlob(layer: Descriptor, base: OpenPlatform, store: LayoutStore): Promise<void> {
  if (!(await store.exists(layer))) await store.push(layer, base.fetcher.fetch(layer));
}

function settings(description: ImageDescription) {
  const { entrypoint, cmd, env, user, workdir, labels, ports, volumes, stopSignal } = description;
  return {
    env,
    labels,
    ports,
    volumes,
    ...(entrypoint ? { entrypoint } : {}),
    ...(cmd ? { cmd } : {}),
    ...(user === undefined ? {} : { user }),
    ...(workdir === undefined ? {} : { workdir }),
    ...(stopSignal === undefined ? {} : { stopSignal }),
  };
}

/** One image is its own root; several are named by an index. */
async function rootOf(
  description: ImageIdentity,
  images: readonly BuiltPlatform[],
  store: LayoutStore,
): Promise<Descriptor> {
  if (images.length === 1) return images[0]!.descriptor;
  const { annotations } = description;
  return withPlace(description.platformsPlace, () => assembleIndex(images, { annotations }, store));
}

function resultOf(description: ImageIdentity, root: Descriptor, images: readonly BuiltPlatform[]): ImageResult {
  const inherited = new Map(images.flatMap((image) => image.inherited).map((blob) => [blob.digest, blob]));
  const layers = new Set(images.flatMap(({ manifest }) => manifest.layers.map(({ digest }) => digest)));
  return {
    ingot: 'image-result/v1',
    name: description.name,
    version: description.version,
    mediaType: root.mediaType,
    digest: root.digest,
    size: root.size,
    platforms: images.map(({ platform, descriptor, manifest }) => ({
      platform: formatPlatform(platform),
      digest: descriptor.digest,
      size: [manifest.config, ...manifest.layers].reduce((sum, { size }) => sum + size, 0),
    })),
    inherited: [...inherited.values()].filter(({ digest }) => layers.has(digest)),
    ...(description.repositories.length === 0 ? {} : { repositories: description.repositories }),
  };
}
