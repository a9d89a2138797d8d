import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, hexOf } from '../digest.ts';
import { ContentError } from '../error.ts';
import { fileError, hasCode } from '../file-error.ts';
import { readSpan } from '../file-span.ts';
import { docker, isIndex, isManifest, oci } from '../media-type.ts';
import { missingBlob } from '../read.ts';
import { readSmallFile } from '../small-file.ts';
import type { Descriptor } from '../descriptor.ts';
import type { ByteRange, Fetcher, FileSpan, Located, Named } from '../store.ts';

/**
 * One image in a folder, as skopeo's `dir:` keeps it (containers/image directory/directory_transport.go): manifest.json
 * and each blob in a file named by its hex digest; the manifests of an index in <hex>.manifest.json.
 */
export class DirImage implements Fetcher, Located, Named {
  readonly root: Descriptor;
  readonly #folder: string;

  constructor(folder: string, root: Descriptor) {
    this.#folder = folder;
    this.root = root;
  }

  /** Throws ContentError INGOT_DIR, INGOT_BLOB_LIMIT, INGOT_FILE. */
  static async open(folder: string): Promise<DirImage> {
    const path = join(folder, 'manifest.json');
    let bytes: Uint8Array;
    try {
      bytes = await readSmallFile(path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw fileError(error, path);
      throw notDir(folder, path, 'has no manifest.json');
    }
    return new DirImage(folder, {
      mediaType: mediaTypeOf(bytes, folder, path),
      digest: digestOf(bytes),
      size: bytes.length,
    });
  }

  get place(): string {
    return this.#folder;
  }

  async exists(descriptor: Descriptor): Promise<boolean> {
    return (await this.locate(descriptor)) !== undefined;
  }

  async locate(descriptor: Descriptor): Promise<FileSpan | undefined> {
    for (const name of this.#namesOf(descriptor)) {
      const path = join(this.#folder, name);
      const found = await stat(path).catch(() => undefined);
      if (found?.isFile() && found.size === descriptor.size) return { path, offset: 0, size: descriptor.size };
    }
    return undefined;
  }

  async *fetch(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const span = await this.locate(descriptor);
    if (span === undefined) throw missingBlob(descriptor, this.#folder, this.#folder);
    yield* readSpan(span, range);
  }

  #namesOf(descriptor: Descriptor): readonly string[] {
    const hex = hexOf(descriptor.digest);
    if (descriptor.digest === this.root.digest) return ['manifest.json'];
    return [hex, `${hex}.manifest.json`];
  }
}

/** What the manifest calls itself; OCI ones need not (manifest.GuessMIMEType in containers/image). */
function mediaTypeOf(bytes: Uint8Array, folder: string, path: string): string {
  let value: Record<string, unknown>;
  try {
    value = (JSON.parse(Buffer.from(bytes).toString('utf8')) ?? {}) as Record<string, unknown>;
  } catch {
    throw notDir(folder, path, 'has a manifest.json that is not JSON');
  }
  const named = value['mediaType'];
  if (typeof named === 'string' && (isManifest(named) || isIndex(named))) return named;
  if (named === undefined && Array.isArray(value['manifests'])) return oci.index;
  if (named === undefined && Array.isArray(value['layers'])) return oci.manifest;
  throw notDir(
    folder,
    path,
    `has a manifest.json that is neither ${oci.manifest} nor ${docker.manifest}, nor an index`,
  );
}

function notDir(folder: string, path: string, what: string): ContentError {
  return new ContentError('INGOT_DIR', `${folder} ${what}`, {
    path,
    help: 'Name the folder of one image, as skopeo copy … dir:FOLDER makes it.',
  });
}
