import { formatPlatform, title as titleKey, type Descriptor, type Platform } from '@ingot/content';
import type { ArtifactResultFile, ArtifactRoot } from '@ingot/workspace';
import type { ArtifactFile } from './description.ts';

/** A file that is in the layout. */
export interface Made {
  readonly file: ArtifactFile;
  readonly title: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/** What the result tells. */
export interface MadeRoots {
  readonly roots: readonly ArtifactRoot[];
  readonly files: readonly ArtifactResultFile[];
}

/** A file as a layer; its name is an annotation of it, as `oras push` writes it. */
export function layerOf(
  { file, title, digest, size }: Made,
  annotations: Readonly<Record<string, string>> = {},
): Descriptor {
  return { mediaType: file.mediaType, digest, size, annotations: { ...annotations, [titleKey]: title } };
}

export function resultFile(made: Made, manifest: Descriptor, platform: Platform | undefined): ArtifactResultFile {
  const { file, title, digest, size } = made;
  return {
    title,
    mediaType: file.mediaType,
    digest,
    size,
    manifest: manifest.digest,
    role: file.role,
    ...(platform ? { platform: formatPlatform(platform) } : {}),
    ...(file.disktype ? { disktype: file.disktype } : {}),
  };
}

/** The annotations of a manifest or index: when it was created only where SOURCE_DATE_EPOCH says it. */
export function dated(
  annotations: Readonly<Record<string, string>>,
  time: number | undefined,
): Readonly<Record<string, string>> {
  if (time === undefined) return annotations;
  const created = `${new Date(time * 1000).toISOString().slice(0, 19)}Z`;
  return { 'org.opencontainers.image.created': created, ...annotations };
}
