import { oci } from '../media-type.ts';
import { formatPlatform, matchesPlatform } from '../platform.ts';
import { badBase, baseHistory, baseLayers } from './base.ts';
import { inherit } from './inherit.ts';
import { annotated, pushJson } from './push-json.ts';
import { mergeSettings } from './settings.ts';
import { timestamp } from './time.ts';
import type { BaseImage } from './base.ts';
import type { ImageSettings } from './image-settings.ts';
import type { Descriptor, Platform } from '../descriptor.ts';
import type { Layer } from '../layer/layer.ts';
import type { ImageConfig, ImageManifest } from '../manifest.ts';
import type { Store } from '../store.ts';

/** A layer on top, and what the image's history says of it. */
export interface AddedLayer extends Layer {
  readonly createdBy?: string;
}

export interface ImageParts {
  /** Absent: from scratch. */
  readonly base?: BaseImage | undefined;
  /** On top of the base's, lowest first. */
  readonly layers: readonly AddedLayer[];
  readonly platform: Platform;
  readonly config?: ImageSettings;
  /** Of the manifest. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly created: number;
}

export interface AssembledImage {
  /** Of the manifest. */
  readonly descriptor: Descriptor;
  readonly manifest: ImageManifest;
  readonly config: ImageConfig;
}

/**
 * Puts an OCI image together: writes config and manifest to `store`, whose layers are (or will be) there. The same
 * parts give the same digest. OCI image-spec, config.md and manifest.md. Throws ContentError INGOT_IMAGE_BASE,
 * INGOT_IMAGE_CONFIG, and what `store` throws.
 */
export async function assembleImage(parts: ImageParts, store: Store): Promise<AssembledImage> {
  const config = makeConfig(parts);
  const manifest: ImageManifest = {
    schemaVersion: 2,
    mediaType: oci.manifest,
    config: await pushJson(oci.config, config, store),
    layers: allLayers(parts).map((layer) => layer.descriptor),
    ...annotated(parts.annotations),
  };
  return { descriptor: await pushJson(oci.manifest, manifest, store), manifest, config };
}

function makeConfig(parts: ImageParts): ImageConfig {
  const { base, layers, config = {} } = parts;
  const created = timestamp(parts.created);
  const added = layers.map(({ createdBy = 'ingot' }) => ({ created, created_by: createdBy }));
  return {
    ...platformOf(parts),
    created,
    config: mergeSettings(base === undefined ? {} : inherit(base), config),
    rootfs: { type: 'layers', diff_ids: allLayers(parts).map((layer) => layer.diffId) },
    history: [...(base === undefined ? [] : baseHistory(base)), ...added],
  };
}

function allLayers({ base, layers }: ImageParts): readonly Layer[] {
  return base === undefined ? layers : [...baseLayers(base), ...layers];
}

/** What the platform leaves open, such as Windows' version, the base says. */
function platformOf({ base, platform }: ImageParts): Platform {
  if (base === undefined) return platform;
  const { os, architecture, variant, 'os.version': version, 'os.features': features } = base.config;
  const has: Platform = {
    os,
    architecture,
    ...(variant ? { variant } : {}),
    ...(version ? { 'os.version': version } : {}),
    ...(features ? { 'os.features': features } : {}),
  };
  if (matchesPlatform(platform, has)) return { ...has, ...platform };
  throw badBase(base.manifest, `is for ${formatPlatform(has)}, not ${formatPlatform(platform)}`);
}
