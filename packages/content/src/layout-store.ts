import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BlobFolder } from './blob-folder.ts';
import { digestOf } from './digest.ts';
import { ContentError } from './error.ts';
import { fileError, hasCode } from './file-error.ts';
import { encodeJson, parseIndex } from './manifest.ts';
import { oci } from './media-type.ts';
import { readSmallFile } from './small-file.ts';
import { writeAt, writeWhole } from './temporary.ts';
import type { Descriptor } from './descriptor.ts';

/** The annotation that names a root in index.json. OCI image-spec annotations.md. */
export const refName = 'org.opencontainers.image.ref.name';

const layoutFile = { imageLayoutVersion: '1.0.0' };

/**
 * An OCI image layout in a folder: oci-layout, index.json, blobs/sha256/<hex> (OCI image-layout.md). It may be sparse:
 * blobs that lie elsewhere can be absent. Made on the first write.
 */
export class LayoutStore extends BlobFolder {
  /**
   * The roots that index.json names, in its order. `withoutVersion` takes a folder that has no oci-layout, too.
   * Throws ContentError INGOT_LAYOUT, INGOT_BLOB_LIMIT.
   */
  async roots({ withoutVersion = false }: { withoutVersion?: boolean } = {}): Promise<readonly Descriptor[]> {
    await this.#checkVersion(withoutVersion);
    const path = join(this.root, 'index.json');
    return parseRoots(await this.#read('index.json'), path);
  }

  /** Writes index.json with these roots, in this order, each with its annotations (`refName`). */
  async setRoots(roots: readonly Descriptor[]): Promise<void> {
    await this.#write('oci-layout', layoutFile);
    await this.#write('index.json', { schemaVersion: 2, mediaType: oci.index, manifests: roots });
  }

  async #write(name: string, value: unknown): Promise<void> {
    await writeWhole(this.root, async (file) => {
      await writeAt(file, encodeJson(value), 0);
      return join(this.root, name);
    });
  }

  async #read(name: string): Promise<Uint8Array> {
    const path = join(this.root, name);
    try {
      return await readSmallFile(path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT', 'ENOTDIR')) throw fileError(error, path);
      throw new ContentError('INGOT_LAYOUT', `${this.root} is no OCI image layout: it has no ${name}`, {
        path,
        help: 'Name a folder that "skopeo copy … oci:FOLDER" or an image target has made.',
      });
    }
  }

  async #checkVersion(isOptional: boolean): Promise<void> {
    if (isOptional && !existsSync(join(this.root, 'oci-layout'))) return;
    checkLayoutFile(await this.#read('oci-layout'), join(this.root, 'oci-layout'));
  }
}

/** The roots in the bytes of an index.json that lies at `path`. Throws ContentError INGOT_LAYOUT. */
export function parseRoots(bytes: Uint8Array, path: string): readonly Descriptor[] {
  try {
    return parseIndex(bytes, { mediaType: oci.index, digest: digestOf(bytes), size: bytes.length }).manifests;
  } catch (cause) {
    throw new ContentError('INGOT_LAYOUT', `${path} is no image index: ${(cause as Error).message}`, { path, cause });
  }
}

/** Throws INGOT_LAYOUT unless the bytes of an oci-layout file at `path` name a version 1. */
export function checkLayoutFile(bytes: Uint8Array, path: string): void {
  let version: unknown;
  try {
    version = (JSON.parse(Buffer.from(bytes).toString('utf8')) as { imageLayoutVersion?: unknown } | null)
      ?.imageLayoutVersion;
  } catch {
    version = undefined;
  }
  if (typeof version !== 'string' || !/^1\./.test(version)) {
    throw new ContentError('INGOT_LAYOUT', `${path} does not say imageLayoutVersion 1.0.0`, {
      path,
      help: 'This is no OCI image layout, or one of a version that did not exist when this program was made.',
    });
  }
}
