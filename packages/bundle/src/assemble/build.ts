import { relative, sep } from 'node:path';
import { assembleImage, createLayer, type LayerEntry } from '@ingot/content';
import { writeImage, type ImageIdentity } from '@ingot/oci';
import { withPlace, type ImageResult, type Place } from '@ingot/workspace';
import type { BundleDescription } from '../description/bundle.ts';
import type { BundleFormat, Consumer } from '../formats.ts';
import { labelsOf } from './annotations.ts';
import { bundleEntries, type BundleEntries, type EntriesOptions } from './entries.ts';
import { platform } from './platform.ts';

/** What dist/bundle.json says beside what every image.json says. */
export interface BundleFacts {
  readonly bundle: {
    readonly format: BundleFormat;
    readonly consumers: readonly Consumer[];
    /** Images of the workspace that its manifests name. */
    readonly images: BundleEntries['images'];
    /** By the path in the bundle, the file that it comes from, relative to the workspace: for findings. */
    readonly sources: Readonly<Record<string, string>>;
  };
}

export type BundleResult = ImageResult & BundleFacts;

export interface ImageOutputOptions {
  /** Where the layout goes; the result goes beside it. Absolute. */
  readonly layoutDir: string;
  readonly resultFile: string;
  /** Of the image and of all its files: seconds since 1970. */
  readonly time: number;
}

export interface BuildBundleOptions extends ImageOutputOptions, Omit<EntriesOptions, 'without'> {
  /** Absolute. */
  readonly workspaceRoot: string;
}

/**
 * Assembles the bundle's image, of one layer, and its result. The same files give the same digest anywhere. Throws what
 * bundleEntries and writeImage throw.
 */
export async function buildBundle(description: BundleDescription, options: BuildBundleOptions): Promise<BundleResult> {
  const { layoutDir, resultFile, workspaceRoot } = options;
  const found = await bundleEntries(description, { ...options, without: new Set([layoutDir, resultFile]) });
  const { format, consumers, place } = description;
  const sources = [...found.sources].map(([path, file]) => [path, relative(workspaceRoot, file).replaceAll(sep, '/')]);
  const image = { ...description, platformsPlace: place([]), labels: labelsOf(description) };
  return writeFiles(image, found.entries, options, {
    bundle: {
      format,
      consumers,
      images: found.images,
      sources: Object.fromEntries(sources.sort()) as Record<string, string>,
    },
  });
}

/** An image from scratch of one layer with these files: both layout and result whole, or neither. */
export function writeFiles<More extends object>(
  image: ImageIdentity & { readonly labels: Readonly<Record<string, string>>; readonly platformsPlace: Place },
  entries: readonly LayerEntry[],
  options: ImageOutputOptions,
  more: More,
): Promise<ImageResult & More> {
  const make: Parameters<typeof writeImage>[2] = async (store) => {
    const layer = await createLayer(entries, { mtime: options.time }, store);
    const layers = [{ ...layer, createdBy: `ingot: ${image.name}` }];
    const { labels, annotations } = image;
    const parts = { layers, platform, config: { labels }, annotations, created: options.time };
    const made = await withPlace(image.platformsPlace, () => assembleImage(parts, store));
    return [{ platform, descriptor: made.descriptor, manifest: made.manifest, inherited: [] }];
  };
  return writeImage(image, options, make, more);
}
