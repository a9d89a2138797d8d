import {
  isManifest,
  MemoryStore,
  parseManifest,
  readBlob,
  verified,
  type Descriptor,
  type Fetcher,
} from '@ingot/content';
import type { ImageManifest } from '@ingot/content';
import type { Findings } from './finding.ts';

/** Where the blobs of an image are, for rules that look at them. */
export interface Blobs {
  /** A small one. Throws where it is missing or wrong. */
  read(descriptor: Descriptor): Promise<Uint8Array>;
  /** Reads all of it. Throws where it is missing or wrong. */
  check(descriptor: Descriptor): Promise<void>;
}

export function blobsOf(fetcher: Fetcher, signal: AbortSignal): Blobs {
  return {
    read: (descriptor) => readBlob(fetcher, descriptor),
    check: async (descriptor) => {
      for await (const part of verified(descriptor, fetcher.fetch(descriptor))) {
        void part;
        signal.throwIfAborted();
      }
    },
  };
}

/** What may be kept of them in memory, in bytes. */
const memory = 16 * 1024 * 1024;

/** Blobs that have gone by: small ones are kept, of others their sizes. */
export class SeenBlobs implements Blobs {
  #kept = 0;
  readonly #small = new MemoryStore();
  readonly #sizes = new Map<string, number>();

  add(digest: string, size: number, bytes: Uint8Array | undefined): void {
    this.#sizes.set(digest, size);
    if (bytes === undefined || this.#kept + size > memory) return;
    this.#kept += size;
    this.#small.add('', bytes);
  }

  read(descriptor: Descriptor): Promise<Uint8Array> {
    return readBlob(this.#small, descriptor);
  }

  async check({ digest, size }: Descriptor): Promise<void> {
    if (this.#sizes.get(digest) === size) return;
    throw new Error(this.#sizes.has(digest) ? `has ${this.#sizes.get(digest)} bytes, not ${size}` : 'is not there');
  }
}

/** Runs `work`; what it throws of the image becomes an error of this rule, and undefined. */
export async function attempt<T>(
  findings: Findings,
  rule: string,
  what: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    findings.error(rule, `${what}: ${(error as Error).message}`, 'run the target again with --skip-nx-cache');
    return undefined;
  }
}

/** A manifest, its config (parsed), and its layers, each of them read whole. */
export async function readImage(
  root: Descriptor,
  blobs: Blobs,
  findings: Findings,
  signal: AbortSignal,
): Promise<{ readonly manifest: ImageManifest; readonly config: unknown } | undefined> {
  const name = `the manifest ${root.digest}`;
  const manifest = await attempt(findings, 'manifest', name, signal, async () => {
    if (!isManifest(root.mediaType)) throw new Error(`it has the media type ${root.mediaType}`);
    return parseManifest(await blobs.read(root), root);
  });
  if (manifest === undefined) return undefined;
  for (const layer of manifest.layers) {
    await attempt(findings, 'blob', `the layer ${layer.digest} (${layer.mediaType})`, signal, () => blobs.check(layer));
  }
  const config = await attempt(findings, 'config', `the config of ${name}`, signal, async () => {
    return JSON.parse(Buffer.from(await blobs.read(manifest.config)).toString('utf8')) as unknown;
  });
  return { manifest, config };
}

/** `{"commandLine": "…"}`, or without it, of one of these media types: Config of image.go. */
export function checkConfig(
  { manifest, config }: { readonly manifest: ImageManifest; readonly config: unknown },
  mediaTypes: readonly string[],
  findings: Findings,
): void {
  const { mediaType } = manifest.config;
  if (!mediaTypes.includes(mediaType)) findings.error('config', `the config has the media type ${mediaType}`);
  if (config === undefined) return;
  const isObject = typeof config === 'object' && config !== null && !Array.isArray(config);
  const commandLine = isObject ? (config as { commandLine?: unknown }).commandLine : undefined;
  if (!isObject) findings.error('config', 'the config is no JSON object');
  else if (commandLine !== undefined && typeof commandLine !== 'string') {
    findings.error('config', 'the config has a commandLine that is no text');
  } else if (commandLine === undefined || !/(^|\s)root=/.test(commandLine)) {
    findings.warning('config', 'the command line does not say root=: the kernel may not find its root file system');
  }
}
