import type { IsoEntry, IsoImage } from '@ingot/iso9660';
import { annotation } from '../format/manifest.ts';
import { field } from '../format/yaml-text.ts';
import { readArchive } from '../verify/archive.ts';
import type { ArchiveImage } from '../verify/archive.ts';

/** What a Solution's ISO holds. Sizes in bytes. Nothing in it depends on where the ISO lies, so that two can be compared. */
export interface SolutionListing {
  readonly volumeId: string;
  readonly size: number;
  /** Of manifest.yaml; null where it does not say so as MetalK8s wants it. */
  readonly name: string | null;
  readonly version: string | null;
  readonly displayName: string | null;
  readonly images: readonly ListedImage[];
  readonly files: readonly ListedFile[];
}

/** A tag of an image: the digest of its manifest, and the size of config and layers together. */
export interface ListedImage {
  readonly name: string;
  readonly tag: string;
  readonly digest: string | null;
  readonly layers: number;
  readonly size: number;
}

/** A file, folder or link; `mode` as four octal digits where the ISO has one. */
export interface ListedFile {
  readonly path: string;
  readonly type: IsoEntry['type'];
  readonly size: number;
  readonly mode: string | null;
  readonly target?: string;
}

/** Lists a Solution's ISO, or any other ISO as far as it goes. Reads directories and manifests, no blobs. */
export async function listSolution(image: IsoImage): Promise<SolutionListing> {
  const { tree, manifest, images } = await readArchive(image);
  const shown = field(manifest?.value, 'annotations', annotation.displayName);
  return {
    volumeId: image.volumeId,
    size: image.size,
    name: manifest?.name ?? null,
    version: manifest?.version ?? null,
    displayName: typeof shown === 'string' ? shown : null,
    images: images.map(listedImage),
    files: [...tree.entries].sort((a, b) => (a.path < b.path ? -1 : 1)).map(listedFile),
  };
}

function listedImage({ name, tag, digest, manifest }: ArchiveImage): ListedImage {
  const blobs = manifest === undefined ? [] : [manifest.config, ...manifest.layers];
  const sizes = new Map(blobs.map((blob) => [blob.digest, blob.size]));
  const size = [...sizes.values()].reduce((sum, one) => sum + one, 0);
  return { name, tag, digest: digest ?? null, layers: manifest?.layers.length ?? 0, size };
}

function listedFile({ path, type, size, mode, target }: IsoEntry): ListedFile {
  const octal = mode === undefined ? null : `0${mode.toString(8).padStart(3, '0')}`;
  return { path, type, size, mode: octal, ...(target === undefined ? {} : { target }) };
}
