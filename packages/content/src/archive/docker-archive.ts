import { createHash } from 'node:crypto';
import { digestOf } from '../digest.ts';
import { ContentError } from '../error.ts';
import { readSpan } from '../file-span.ts';
import { encodeJson, parseConfig } from '../manifest.ts';
import { oci } from '../media-type.ts';
import { missingBlob } from '../read.ts';
import { detectCompression } from './detect.ts';
import { TarIndex } from './tar-index.ts';
import type { Descriptor } from '../descriptor.ts';
import type { ByteRange, Fetcher, FileSpan, Located, Named } from '../store.ts';

/** An image of a docker-archive: the names that it has there, and its manifest, which we had to make. */
export interface DockerImage {
  readonly root: Descriptor;
  readonly tags: readonly string[];
}

/** One item of manifest.json, as docker save writes it (moby image/tarexport). */
interface Item {
  readonly Config: string;
  readonly RepoTags: readonly string[];
  readonly Layers: readonly string[];
}

const maxImages = 10_000;
const maxLayers = 1024;

/**
 * What docker save and skopeo write: a tar with manifest.json, configs and layers. It has no image manifests, so each
 * gets an OCI one, in memory, that names config and layers as they lie in the tar; layers are read where they are.
 */
export class DockerArchive implements Fetcher, Located, Named {
  readonly #index: TarIndex;
  readonly #items: readonly Item[];
  readonly #spans = new Map<string, FileSpan>();
  readonly #manifests = new Map<string, Uint8Array>();

  constructor(index: TarIndex, items: readonly Item[]) {
    this.#index = index;
    this.#items = items;
  }

  /** Throws ContentError INGOT_TAR, INGOT_DOCKER_ARCHIVE, INGOT_FILE. */
  static async open(path: string): Promise<DockerArchive> {
    const index = await TarIndex.open(path);
    return new DockerArchive(index, await readItems(index));
  }

  /** The names of each image, in the order of the archive. */
  get tags(): readonly (readonly string[])[] {
    return this.#items.map((item) => item.RepoTags);
  }

  /** The image at `position` in manifest.json. */
  async image(position: number): Promise<DockerImage> {
    const item = this.#items[position];
    if (item === undefined) throw bad(this.#index, `has ${this.#items.length} images, none at index ${position}`);
    const [configBytes, config] = await this.#config(item);
    const diffIds = parseConfig(configBytes, config).rootfs.diff_ids;
    if (diffIds.length !== item.Layers.length) {
      throw bad(this.#index, `has ${item.Layers.length} layers and ${diffIds.length} diff_ids for ${item.Config}`);
    }
    const layers: Descriptor[] = [];
    for (const [at, name] of item.Layers.entries()) layers.push(await this.#layer(name, diffIds[at] ?? ''));
    const manifest = encodeJson({ schemaVersion: 2, mediaType: oci.manifest, config, layers });
    const root = { mediaType: oci.manifest, digest: digestOf(manifest), size: manifest.length };
    this.#manifests.set(root.digest, manifest);
    return { root, tags: item.RepoTags };
  }

  get place(): string {
    return this.#index.path;
  }

  async exists(descriptor: Descriptor): Promise<boolean> {
    const held = this.#manifests.get(descriptor.digest)?.length ?? this.#spans.get(descriptor.digest)?.size;
    return held === descriptor.size;
  }

  async locate(descriptor: Descriptor): Promise<FileSpan | undefined> {
    const span = this.#spans.get(descriptor.digest);
    return span?.size === descriptor.size ? span : undefined;
  }

  async *fetch(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const manifest = this.#manifests.get(descriptor.digest);
    const span = this.#spans.get(descriptor.digest);
    if (manifest !== undefined) {
      yield range === undefined ? manifest : manifest.subarray(range.offset, range.offset + range.length);
    } else if (span !== undefined) yield* readSpan(span, range);
    else throw missingBlob(descriptor, this.#index.path, this.#index.path);
  }

  async #config(item: Item): Promise<[Uint8Array, Descriptor]> {
    const bytes = await this.#index.read(item.Config);
    const span = this.#index.find(item.Config);
    if (bytes === undefined || span === undefined) throw bad(this.#index, `lacks the config ${item.Config}`);
    const descriptor = { mediaType: oci.config, digest: digestOf(bytes), size: bytes.length };
    this.#spans.set(descriptor.digest, span);
    return [bytes, descriptor];
  }

  /** An uncompressed layer's digest is its diff_id (checked whenever it is read); a compressed one has to be hashed. */
  async #layer(name: string, diffId: string): Promise<Descriptor> {
    const span = this.#index.find(name);
    if (span === undefined) throw bad(this.#index, `lacks the layer ${name}`);
    const compression = await detectCompression(span);
    const digest = compression === 'none' ? diffId : (namedDigest(name) ?? (await hashSpan(span)));
    this.#spans.set(digest, span);
    const mediaType = { none: oci.layer, gzip: oci.layerGzip, zstd: oci.layerZstd }[compression];
    return { mediaType, digest, size: span.size };
  }
}

/** Since Docker 25 blobs are named by their digest, as in an OCI layout. */
function namedDigest(name: string): string | undefined {
  const digest = /^blobs\/sha256\/([0-9a-f]{64})$/.exec(name)?.[1];
  return digest === undefined ? undefined : `sha256:${digest}`;
}

async function hashSpan(span: FileSpan): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of readSpan(span)) hash.update(part);
  return `sha256:${hash.digest('hex')}`;
}

async function readItems(index: TarIndex): Promise<readonly Item[]> {
  const bytes = await index.read('manifest.json');
  if (bytes === undefined) throw bad(index, 'has no manifest.json', undefined, helpFor(index));
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch (cause) {
    throw bad(index, 'has a manifest.json that is not JSON', cause);
  }
  if (!Array.isArray(value) || value.length > maxImages)
    throw bad(index, 'has a manifest.json that is no list of images');
  return value.map((item) => checkItem(item, index));
}

function helpFor(index: TarIndex): string {
  if (index.find('oci-layout')) return `It looks like an OCI archive: write oci-archive:${index.path}`;
  if (index.find('repositories'))
    return 'It was saved by Docker before 1.10: load it and save it again with a newer one.';
  return 'Make one with docker save -o FILE NAME:TAG, or skopeo copy … docker-archive:FILE.';
}

function checkItem(value: unknown, index: TarIndex): Item {
  const { Config, RepoTags, Layers } = (typeof value === 'object' && value !== null ? value : {}) as Record<
    string,
    unknown
  >;
  // Docker writes null for "no tags" and "no layers".
  const [tags, layers] = [RepoTags ?? [], Layers ?? []];
  if (typeof Config !== 'string' || !isTexts(tags) || !isTexts(layers) || layers.length > maxLayers) {
    throw bad(index, 'has a manifest.json whose items lack Config, RepoTags or Layers');
  }
  return { Config, RepoTags: tags, Layers: layers };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function bad(index: TarIndex, what: string, cause?: unknown, help?: string): ContentError {
  return new ContentError('INGOT_DOCKER_ARCHIVE', `${index.path} ${what}`, {
    path: index.path,
    cause,
    help: help ?? 'Save the image again.',
  });
}
