import { maxDepth } from './copy.ts';
import { decompress } from './compress/decompress.ts';
import { ContentError } from './error.ts';
import { Hashed } from './hashed.ts';
import { parseConfig, parseIndex, parseManifest } from './manifest.ts';
import { isConfig, isIndex, isManifest, layerCompression, oci } from './media-type.ts';
import { formatPlatform, matchesPlatform } from './platform.ts';
import { readBlob, verified } from './read.ts';
import type { Descriptor } from './descriptor.ts';
import type { ImageConfig, ImageManifest } from './manifest.ts';
import type { Fetcher } from './store.ts';

/** Something that is wrong with an image. `code` is one of the errors' codes. */
export interface Finding {
  readonly level: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly digest?: string;
}

/**
 * Reads everything that `root` names and tells what is wrong: blobs that are missing or differ from their descriptor,
 * manifests that are none, media types, layers whose tar is not what the config says, platforms that contradict each
 * other. No finding: all is right. Throws only what is no fault of the image (ContentError INGOT_FILE and the like).
 * Modelled on go-containerregistry pkg/v1/validate.
 */
export async function* validate(fetcher: Fetcher, root: Descriptor): AsyncGenerator<Finding, void, undefined> {
  yield* new Validation(fetcher).any(root, 0);
}

/** Faults of the image, as they are thrown by what reads it. */
const faults = new Set([
  'INGOT_BLOB_MISSING',
  'INGOT_BLOB_WRONG',
  'INGOT_BLOB_LIMIT',
  'INGOT_MANIFEST',
  'INGOT_DECOMPRESS',
  'INGOT_DECOMPRESS_LIMIT',
]);

class Validation {
  readonly #fetcher: Fetcher;
  readonly #seen = new Set<string>();
  /** diff_ids by layer: images share layers. Undefined for a layer that was found to be wrong. */
  readonly #diffIds = new Map<string, string | undefined>();

  constructor(fetcher: Fetcher) {
    this.#fetcher = fetcher;
  }

  async *any(descriptor: Descriptor, depth: number): AsyncGenerator<Finding, void, undefined> {
    const key = `${descriptor.digest} ${descriptor.size} ${descriptor.mediaType} ${JSON.stringify(descriptor.platform)}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    try {
      if (isIndex(descriptor.mediaType)) yield* this.#index(descriptor, depth);
      else if (isManifest(descriptor.mediaType)) yield* this.#manifest(descriptor);
      else {
        yield warning(descriptor, `has the media type ${descriptor.mediaType}, which is neither an image nor an index`);
        await drain(verified(descriptor, this.#fetcher.fetch(descriptor)));
      }
    } catch (error) {
      yield faultOf(error);
    }
  }

  async *#index(descriptor: Descriptor, depth: number): AsyncGenerator<Finding, void, undefined> {
    const { manifests } = parseIndex(await readBlob(this.#fetcher, descriptor), descriptor);
    if (depth >= maxDepth) yield fault(descriptor, 'INGOT_MANIFEST', `is an index nested more than ${maxDepth} deep`);
    else for (const member of manifests) yield* this.any(member, depth + 1);
  }

  async *#manifest(descriptor: Descriptor): AsyncGenerator<Finding, void, undefined> {
    const manifest = parseManifest(await readBlob(this.#fetcher, descriptor), descriptor);
    let config: ImageConfig | undefined;
    try {
      const bytes = await readBlob(this.#fetcher, manifest.config);
      if (isConfig(manifest.config.mediaType)) config = parseConfig(bytes, manifest.config);
      else if (!isArtifact(manifest))
        yield warning(manifest.config, `has the media type ${manifest.config.mediaType}: no container image`);
    } catch (error) {
      yield faultOf(error);
    }
    if (config !== undefined) yield* platformFindings(descriptor, config);
    yield* this.#layers(descriptor, manifest, config);
  }

  async *#layers(
    of: Descriptor,
    manifest: ImageManifest,
    config: ImageConfig | undefined,
  ): AsyncGenerator<Finding, void, undefined> {
    const diffIds = config?.rootfs.diff_ids;
    if (diffIds !== undefined && diffIds.length !== manifest.layers.length) {
      const what = `has ${manifest.layers.length} layers, but ${diffIds.length} diff_ids in its config`;
      yield fault(of, 'INGOT_DIFF_ID', what);
    }
    for (const [index, layer] of manifest.layers.entries()) {
      const expected = diffIds?.length === manifest.layers.length ? diffIds[index] : undefined;
      try {
        yield* this.#layer(layer, expected, config !== undefined);
      } catch (error) {
        yield faultOf(error);
      }
    }
  }

  async *#layer(layer: Descriptor, expected: string | undefined, inImage: boolean): AsyncGenerator<Finding> {
    const key = `${layer.digest} ${layer.size} ${layer.mediaType}`;
    if (!this.#diffIds.has(key)) {
      this.#diffIds.set(key, undefined);
      if (inImage && layerCompression(layer.mediaType) === undefined) {
        yield warning(layer, `has the media type ${layer.mediaType}: no layer that can be read`);
      }
      this.#diffIds.set(key, await this.#read(layer));
    }
    const actual = this.#diffIds.get(key);
    if (expected !== undefined && actual !== undefined && actual !== expected) {
      yield fault(layer, 'INGOT_DIFF_ID', `holds a tar with the digest ${actual}, but the config says ${expected}`);
    }
  }

  /** Reads a layer through; its tar's digest, where it is one. A fault of the blob comes before one of its compression. */
  async #read(layer: Descriptor): Promise<string | undefined> {
    const compression = layerCompression(layer.mediaType);
    await drain(verified(layer, this.#fetcher.fetch(layer)));
    if (compression === undefined) return undefined;
    if (compression === 'none') return layer.digest;
    const tar = new Hashed(decompress(verified(layer, this.#fetcher.fetch(layer)), compression));
    await drain(tar);
    return tar.digest();
  }
}

function* platformFindings(descriptor: Descriptor, config: ImageConfig): Generator<Finding, void, undefined> {
  if (config.os === '' || config.architecture === '') yield warning(descriptor, 'does not say its platform');
  const { platform } = descriptor;
  if (platform === undefined || matchesPlatform(platform, config)) return;
  const what = `is for ${formatPlatform(config)} by its config, but for ${formatPlatform(platform)} by its index`;
  yield fault(descriptor, 'INGOT_PLATFORM', what);
}

async function drain(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of content) void part;
}

function warning({ digest }: Descriptor, what: string): Finding {
  return { level: 'warning', code: 'INGOT_MEDIA_TYPE', message: `blob ${digest} ${what}`, digest };
}

/** An artifact says what it is; its config may be anything. OCI image-spec manifest.md § Guidelines for Artifact Usage. */
function isArtifact({ artifactType, config }: ImageManifest): boolean {
  return artifactType !== undefined || config.mediaType === oci.empty;
}

function fault({ digest }: Descriptor, code: string, what: string): Finding {
  return { level: 'error', code, message: `blob ${digest} ${what}`, digest };
}

function faultOf(error: unknown): Finding {
  if (!(error instanceof ContentError) || !faults.has(error.code)) throw error;
  const { code, message, digest } = error;
  return { level: 'error', code, message, ...(digest === undefined ? {} : { digest }) };
}
