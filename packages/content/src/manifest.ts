import { isDigest } from './digest.ts';
import { ContentError } from './error.ts';
import { isIndex, isManifest } from './media-type.ts';
import { smallBlob } from './read.ts';
import type { Descriptor, Platform } from './descriptor.ts';

/** OCI image-spec manifest.md, and Docker schema 2. */
export interface ImageManifest {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** OCI image-spec image-index.md, and Docker's manifest list. */
export interface ImageIndex {
  readonly schemaVersion: 2;
  readonly mediaType?: string;
  readonly artifactType?: string;
  readonly manifests: readonly Descriptor[];
  readonly subject?: Descriptor;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** OCI image-spec config.md. */
export interface ImageConfig {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
  readonly created?: string;
  readonly author?: string;
  readonly config?: {
    readonly User?: string;
    readonly ExposedPorts?: Readonly<Record<string, Record<string, never>>>;
    readonly Env?: readonly string[];
    readonly Entrypoint?: readonly string[];
    readonly Cmd?: readonly string[];
    readonly Volumes?: Readonly<Record<string, Record<string, never>>>;
    readonly WorkingDir?: string;
    readonly Labels?: Readonly<Record<string, string>>;
    readonly StopSignal?: string;
  };
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly string[] };
  readonly history?: readonly {
    readonly created?: string;
    readonly created_by?: string;
    readonly author?: string;
    readonly comment?: string;
    readonly empty_layer?: boolean;
  }[];
}

/** More than any engine can mount (overlayfs: 128; older graph drivers: 127), with room for what is no layer. */
const maxLayers = 1024;
const maxManifests = 4096;

type Json = Readonly<Record<string, unknown>>;

/** An image manifest out of its bytes. Throws ContentError INGOT_MANIFEST for anything that is not a sound one. */
export function parseManifest(bytes: Uint8Array, descriptor: Descriptor): ImageManifest {
  const value = parseObject(bytes, descriptor);
  checkHead(value, descriptor, isManifest);
  checkDescriptor(value['config'], 'config', descriptor);
  checkDescriptors(value['layers'], 'layers', maxLayers, descriptor);
  if (value['manifests'] !== undefined) throw bad(descriptor, 'is an image manifest with a list of manifests');
  return value as unknown as ImageManifest;
}

/** An image index or manifest list out of its bytes. Throws ContentError INGOT_MANIFEST. */
export function parseIndex(bytes: Uint8Array, descriptor: Descriptor): ImageIndex {
  const value = parseObject(bytes, descriptor);
  checkHead(value, descriptor, isIndex);
  checkDescriptors(value['manifests'], 'manifests', maxManifests, descriptor);
  if (value['layers'] !== undefined || value['config'] !== undefined) {
    throw bad(descriptor, 'is an index with a config or layers');
  }
  return value as unknown as ImageIndex;
}

/** The config of a container image out of its bytes. Throws ContentError INGOT_MANIFEST. */
export function parseConfig(bytes: Uint8Array, descriptor: Descriptor): ImageConfig {
  const value = parseObject(bytes, descriptor);
  for (const key of ['os', 'architecture']) {
    if (typeof value[key] !== 'string') throw bad(descriptor, `has no ${key}`);
  }
  checkStrings(value, ['variant', 'os.version', 'created', 'author'], descriptor, '');
  const rootfs = value['rootfs'];
  if (!isObject(rootfs) || rootfs['type'] !== 'layers') throw bad(descriptor, 'has no rootfs of type "layers"');
  // Docker writes null for an image without layers.
  const diffIds = rootfs['diff_ids'] ?? [];
  if (!Array.isArray(diffIds) || diffIds.length > maxLayers || !diffIds.every(isDigest)) {
    throw bad(descriptor, 'has rootfs.diff_ids that are not a list of digests');
  }
  const { history, config } = value;
  if (history != null && !(Array.isArray(history) && history.every(isObject))) {
    throw bad(descriptor, 'has a history that is not a list of objects');
  }
  if (config != null && !isObject(config)) throw bad(descriptor, 'has a config that is not an object');
  return { ...value, rootfs: { ...rootfs, diff_ids: diffIds } } as unknown as ImageConfig;
}

/**
 * What a blob names: the manifests of an index; config, then layers, of a manifest; nothing of anything else.
 * A `subject` is no child: it is what the manifest is attached to. Throws ContentError INGOT_MANIFEST.
 */
export function children(descriptor: Descriptor, bytes: Uint8Array): readonly Descriptor[] {
  if (isIndex(descriptor.mediaType)) return parseIndex(bytes, descriptor).manifests;
  if (!isManifest(descriptor.mediaType)) return [];
  const { config, layers } = parseManifest(bytes, descriptor);
  return [config, ...layers];
}

/**
 * JSON with one form only: no blanks, keys sorted by code unit, absent (undefined) members left out. No line end.
 * Throws TypeError for what JSON cannot say (NaN, functions, bigints).
 */
export function encodeJson(value: unknown): Uint8Array {
  return Buffer.from(canonical(value), 'utf8');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    members.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError(`${value} is not JSON`);
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`a ${typeof value} is not JSON`);
  return text;
}

function parseObject(bytes: Uint8Array, descriptor: Descriptor): Json {
  if (bytes.length > smallBlob) throw bad(descriptor, `has ${bytes.length} bytes, more than ${smallBlob}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw bad(descriptor, `is not JSON in UTF-8`, cause);
  }
  if (!isObject(value)) throw bad(descriptor, 'is not a JSON object');
  return value;
}

/** schemaVersion, mediaType and what manifests and indexes share; the bytes must not call themselves something else. */
function checkHead(value: Json, descriptor: Descriptor, kind: (mediaType: string) => boolean): void {
  if (!kind(descriptor.mediaType)) throw bad(descriptor, `has the unexpected media type ${descriptor.mediaType}`);
  if (value['schemaVersion'] !== 2) throw bad(descriptor, 'has no schemaVersion 2');
  const mediaType = value['mediaType'];
  // OCI SHOULD, Docker MUST have it; one that contradicts the descriptor is CVE-2021-41190.
  if (mediaType !== undefined && mediaType !== descriptor.mediaType) {
    throw bad(descriptor, `says ${JSON.stringify(mediaType)} of itself where it is named as ${descriptor.mediaType}`);
  }
  checkStrings(value, ['artifactType'], descriptor, '');
  checkAnnotations(value['annotations'], descriptor, '');
  if (value['subject'] != null) checkDescriptor(value['subject'], 'subject', descriptor);
}

function checkDescriptors(value: unknown, name: string, most: number, of: Descriptor): void {
  if (!Array.isArray(value)) throw bad(of, `has no list "${name}"`);
  if (value.length > most) throw bad(of, `has ${value.length} ${name}, more than ${most}`);
  value.forEach((one, index) => checkDescriptor(one, `${name}[${index}]`, of));
}

/** Throws ContentError INGOT_MANIFEST unless `value` is a descriptor; `name` is its place in the blob `of`. */
export function checkDescriptor(value: unknown, name: string, of: Descriptor): asserts value is Descriptor {
  if (!isObject(value)) throw bad(of, `has no descriptor at ${name}`);
  if (typeof value['mediaType'] !== 'string') throw bad(of, `has no mediaType at ${name}`);
  if (!isDigest(value['digest'])) throw bad(of, `has no sha256 digest at ${name}`);
  const size = value['size'];
  if (!Number.isSafeInteger(size) || (size as number) < 0) throw bad(of, `has no size at ${name}`);
  checkStrings(value, ['artifactType', 'data'], of, name);
  checkAnnotations(value['annotations'], of, name);
  const { urls, platform } = value;
  if (urls != null && !isStrings(urls)) throw bad(of, `has urls that are not texts at ${name}`);
  if (platform != null) checkPlatform(platform, name, of);
}

function checkPlatform(value: unknown, name: string, of: Descriptor): asserts value is Platform {
  if (!isObject(value) || typeof value['os'] !== 'string' || typeof value['architecture'] !== 'string') {
    throw bad(of, `has a platform without os and architecture at ${name}`);
  }
  checkStrings(value, ['variant', 'os.version'], of, name);
  const features = value['os.features'];
  if (features != null && !isStrings(features)) throw bad(of, `has os.features that are not texts at ${name}`);
}

function checkAnnotations(value: unknown, of: Descriptor, name: string): void {
  if (value == null) return;
  if (!isObject(value) || !isStrings(Object.values(value))) {
    throw bad(of, `has annotations that are not texts${name && ` at ${name}`}`);
  }
}

function checkStrings(value: Json, keys: readonly string[], of: Descriptor, name: string): void {
  for (const key of keys) {
    const member = value[key];
    if (member != null && typeof member !== 'string')
      throw bad(of, `has a ${key} that is not text${name && ` at ${name}`}`);
  }
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function bad(descriptor: Descriptor, what: string, cause?: unknown): ContentError {
  return new ContentError('INGOT_MANIFEST', `blob ${descriptor.digest} (${descriptor.mediaType}) ${what}`, {
    digest: descriptor.digest,
    help: 'The image is broken, or was not made by an image tool: build or pull it again.',
    cause,
  });
}
