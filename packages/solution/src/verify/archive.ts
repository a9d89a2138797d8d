import { digestOf, docker, parseManifest } from '@ingot/content';
import type { ImageManifest } from '@ingot/content';
import type { IsoEntry, IsoImage } from '@ingot/iso9660';
import { imagesFolder, manifestPath } from '../format/layout.ts';
import { field, yamlDocuments } from '../format/yaml-text.ts';
import { Contents } from './content.ts';
import type { ContentsOptions } from './content.ts';
import { Tree } from './tree.ts';

/** A Solution's ISO as the rules see it: read once, before the first of them. */
export interface Archive {
  readonly image: IsoImage;
  /** The ISO's path, where it is a file: for what lies beside it. */
  readonly file: string | undefined;
  /** Whether to unpack every layer. */
  readonly deep: boolean;
  readonly contents: Contents;
  /** As MetalK8s' kernel shows it: Rock Ridge, else Joliet, else the primary names. */
  readonly tree: Tree;
  readonly primary: readonly IsoEntry[];
  readonly manifest: ManifestText | undefined;
  readonly images: readonly ArchiveImage[];
}

/** manifest.yaml: what YAML makes of it, or why it makes nothing. */
export interface ManifestText {
  readonly value: unknown;
  readonly problem?: string;
  /** Where they are strings. */
  readonly name?: string;
  readonly version?: string;
}

/** A folder images/NAME/TAG. */
export interface ArchiveImage {
  readonly name: string;
  readonly tag: string;
  readonly folder: string;
  /** Of manifest.json's bytes; absent where there is no such file, or too large a one. */
  readonly digest?: string;
  /** The media type that manifest.json gives itself. */
  readonly mediaType?: unknown;
  readonly manifest?: ImageManifest;
  /** Why there is no `manifest`. */
  readonly problem?: string;
}

/** In bytes: what the manifests may have at most (distribution's own limit for a manifest is 4 MiB). */
const smallFile = 4 * 1024 * 1024;
/** In bytes, of all manifests together. */
const allManifests = 64 * 1024 * 1024;

export interface ArchiveOptions extends ContentsOptions {
  readonly file?: string | undefined;
  readonly deep?: boolean | undefined;
}

/** Reads an ISO's trees and small files. Throws what @ingot/iso9660 throws for an image that it cannot read. */
export async function readArchive(image: IsoImage, options: ArchiveOptions = {}): Promise<Archive> {
  const contents = new Contents(image, options);
  const tree = new Tree(await Array.fromAsync(image.list()));
  const primary = image.views[0] === 'primary' ? tree.entries : await Array.fromAsync(image.list('primary'));
  return {
    image,
    file: options.file,
    deep: options.deep ?? false,
    contents,
    tree,
    primary,
    manifest: await readManifest(tree, contents),
    images: await readImages(tree, contents),
  };
}

async function readManifest(tree: Tree, contents: Contents): Promise<ManifestText | undefined> {
  const entry = tree.resolve(manifestPath);
  if (entry?.type !== 'file') return undefined;
  const text = await readText(contents, entry);
  if ('problem' in text) return { value: undefined, problem: text.problem };
  const documents = yamlDocuments(text.text, 'INGOT_MANIFEST_YAML', manifestPath);
  if ('problem' in documents) return { value: undefined, problem: documents.problem.message };
  if (documents.values.length > 1) return { value: undefined, problem: `${manifestPath} has several YAML documents` };
  const [value] = documents.values;
  const name = field(value, 'metadata', 'name');
  const version = field(value, 'spec', 'version');
  return {
    value,
    ...(typeof name === 'string' ? { name } : {}),
    ...(typeof version === 'string' ? { version } : {}),
  };
}

/** A text file of at most 4 MiB, or why it is none. */
export async function readText(contents: Contents, entry: IsoEntry): Promise<{ text: string } | { problem: string }> {
  const bytes = await contents.bytes(entry, smallFile);
  if (bytes === undefined) return { problem: `${entry.path} has ${entry.size} bytes, more than ${smallFile}` };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { problem: `${entry.path} is not UTF-8` };
  }
}

async function readImages(tree: Tree, contents: Contents): Promise<ArchiveImage[]> {
  const images: ArchiveImage[] = [];
  let spent = 0;
  for (const name of folders(tree, imagesFolder)) {
    for (const tag of folders(tree, `${imagesFolder}/${name}`)) {
      const folder = `${imagesFolder}/${name}/${tag}`;
      const entry = tree.resolve(`${folder}/manifest.json`);
      spent += entry?.size ?? 0;
      images.push({ name, tag, folder, ...(await readImage(contents, entry, spent <= allManifests)) });
    }
  }
  return images;
}

function folders(tree: Tree, path: string): string[] {
  return tree.names(path).filter((name) => tree.isFolder(`${path}/${name}`));
}

async function readImage(
  contents: Contents,
  entry: IsoEntry | undefined,
  affordable: boolean,
): Promise<Pick<ArchiveImage, 'digest' | 'mediaType' | 'manifest' | 'problem'>> {
  if (entry?.type !== 'file') return { problem: 'there is no manifest.json' };
  const bytes = affordable ? await contents.bytes(entry, smallFile) : undefined;
  if (bytes === undefined) return { problem: `manifest.json is too large: ${entry.size} bytes` };
  const digest = digestOf(bytes);
  const mediaType = mediaTypeOf(bytes);
  try {
    const descriptor = { mediaType: docker.manifest, digest, size: bytes.length };
    return { digest, mediaType, manifest: parseManifest(bytes, descriptor) };
  } catch (error) {
    return { digest, mediaType, problem: `manifest.json: ${(error as Error).message}` };
  }
}

function mediaTypeOf(bytes: Uint8Array): unknown {
  try {
    return field(JSON.parse(Buffer.from(bytes).toString('utf8')), 'mediaType');
  } catch {
    return undefined;
  }
}
