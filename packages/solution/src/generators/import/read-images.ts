import { createHash } from 'node:crypto';
import { children, digestOf, docker, isIndex, isManifest, oci, parseConfig } from '@ingot/content';
import type { Descriptor } from '@ingot/content';
import type { IsoEntry } from '@ingot/iso9660';
import { imagesFolder } from '../../format/layout.ts';
import { imageNameProblems, imageTagProblems } from '../../format/name.ts';
import { field } from '../../format/yaml-text.ts';
import type { Origin } from './origin.ts';
import type { Report } from './report.ts';

/** An image to carry over, as skopeo's dir: transport has it. */
export interface FoundImage {
  readonly name: string;
  /** The first is the tag, the others aliases. */
  readonly tags: readonly [string, ...string[]];
  readonly files: readonly FoundFile[];
  /** `os/architecture[/variant]` of its config; undefined for an index, or where the config does not say. */
  readonly platform: string | undefined;
}

export interface FoundFile {
  /** In the image's folder. */
  readonly name: string;
  readonly entry: IsoEntry;
  readonly digest: string;
}

const smallFile = 4 * 1024 * 1024;

/** The images of images/NAME/TAG whose blobs are all there and sound. What is not goes into the report. */
export async function readImages(origin: Origin, report: Report): Promise<FoundImage[]> {
  const byContent = new Map<string, { image: FoundImage; tags: string[] }>();
  const digests = new Map<string, Promise<string>>();
  for (const name of folders(origin, imagesFolder)) {
    for (const tag of folders(origin, `${imagesFolder}/${name}`)) {
      const [problem] = [...imageNameProblems(name), ...imageTagProblems(tag)];
      const image = problem?.message ?? (await readImage(origin, name, tag, digests));
      if (typeof image === 'string') {
        report.add(`the image ${name}:${tag}: ${image}`);
        continue;
      }
      const key = `${name} ${image.files[0]?.digest}`;
      const same = byContent.get(key);
      if (same === undefined) byContent.set(key, { image, tags: [tag] });
      else same.tags.push(tag);
    }
  }
  return [...byContent.values()].map(({ image, tags }) => ({ ...image, tags: versionFirst(tags) }));
}

function folders({ tree }: Origin, path: string): string[] {
  return tree.names(path).filter((name) => tree.isFolder(`${path}/${name}`));
}

/** Of `1.2.3` and `latest` the first is the tag, and the other an alias. */
function versionFirst(tags: readonly string[]): [string, ...string[]] {
  const rank = (tag: string): number => (/^v?\d/.test(tag) ? 0 : 1);
  const [first = '', ...others] = [...tags].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return [first, ...others];
}

async function readImage(
  origin: Origin,
  name: string,
  tag: string,
  digests: Map<string, Promise<string>>,
): Promise<FoundImage | string> {
  const folder = `${imagesFolder}/${name}/${tag}`;
  const entry = origin.tree.resolve(`${folder}/manifest.json`);
  if (entry?.type !== 'file') return 'it has no manifest.json';
  const bytes = await readSmall(origin, entry);
  if (bytes === undefined) return `its manifest.json has ${entry.size} bytes`;
  const root = { mediaType: mediaTypeOf(bytes), digest: digestOf(bytes), size: bytes.length };
  const files: FoundFile[] = [{ name: 'manifest.json', entry, digest: root.digest }];
  const platforms: string[] = [];
  try {
    await gather(origin, folder, root, bytes, files, digests, platforms);
  } catch (error) {
    return (error as Error).message;
  }
  const version = origin.tree.resolve(`${folder}/version`);
  if (version?.type === 'file')
    files.push({ name: 'version', entry: version, digest: await digest(origin, version, digests) });
  return { name, tags: [tag], files, platform: isIndex(root.mediaType) ? undefined : platforms[0] };
}

/** Walks from a manifest or index down, and adds each blob's file. Throws an Error that says what is wrong. */
async function gather(
  origin: Origin,
  folder: string,
  parent: Descriptor,
  bytes: Uint8Array,
  files: FoundFile[],
  digests: Map<string, Promise<string>>,
  platforms: string[],
): Promise<void> {
  for (const child of children(parent, bytes)) {
    const hex = child.digest.slice('sha256:'.length);
    const named = [hex, `${hex}.manifest.json`].map(
      (name) => [name, origin.tree.resolve(`${folder}/${name}`)] as const,
    );
    const [name, entry] = named.find(([, found]) => found?.type === 'file') ?? [];
    if (name === undefined || entry === undefined) throw new Error(`its blob ${child.digest} is missing`);
    if (files.some((file) => file.name === name)) continue;
    const actual = entry.size === child.size ? await digest(origin, entry, digests) : undefined;
    if (actual !== child.digest) throw new Error(`its blob ${child.digest} is not what its name says`);
    files.push({ name, entry, digest: child.digest });
    const small =
      isManifest(child.mediaType) || child === childConfig(parent, bytes, child)
        ? await readSmall(origin, entry)
        : undefined;
    if (small === undefined) continue;
    if (isManifest(child.mediaType)) await gather(origin, folder, child, small, files, digests, platforms);
    else platforms.push(...platformOf(small, child));
  }
}

/** `child` if it is the manifest's config. */
function childConfig(parent: Descriptor, bytes: Uint8Array, child: Descriptor): Descriptor | undefined {
  if (isIndex(parent.mediaType)) return undefined;
  return field(JSON.parse(Buffer.from(bytes).toString('utf8')), 'config', 'digest') === child.digest
    ? child
    : undefined;
}

function platformOf(bytes: Uint8Array, descriptor: Descriptor): string[] {
  try {
    const { os, architecture, variant } = parseConfig(bytes, descriptor);
    return [[os, architecture, ...(variant ? [variant] : [])].join('/')];
  } catch {
    return [];
  }
}

/** OCI manifests need not say what they are. */
function mediaTypeOf(bytes: Uint8Array): string {
  try {
    const value = JSON.parse(Buffer.from(bytes).toString('utf8')) as unknown;
    const named = field(value, 'mediaType');
    if (typeof named === 'string') return named;
    return field(value, 'manifests') === undefined ? oci.manifest : oci.index;
  } catch {
    return docker.manifest;
  }
}

async function readSmall(origin: Origin, entry: IsoEntry): Promise<Uint8Array | undefined> {
  if (entry.size > smallFile) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of origin.read(entry)) parts.push(Uint8Array.from(part));
  return Buffer.concat(parts);
}

function digest(origin: Origin, entry: IsoEntry, digests: Map<string, Promise<string>>): Promise<string> {
  const key =
    entry.extents.length > 0 ? entry.extents.map(({ sector, size }) => `${sector}+${size}`).join(' ') : entry.path;
  const known = digests.get(key) ?? hashed(origin, entry);
  digests.set(key, known);
  return known;
}

async function hashed(origin: Origin, entry: IsoEntry): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of origin.read(entry)) hash.update(part);
  return `sha256:${hash.digest('hex')}`;
}
