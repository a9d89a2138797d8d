import { createHash } from 'node:crypto';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hexOf } from './digest.ts';
import { fileError, hasCode } from './file-error.ts';
import { readSpan } from './file-span.ts';
import { missingBlob, verified, wrongBlob } from './read.ts';
import { sweep, writeAt, writeWhole } from './temporary.ts';
import type { Stats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import type { Descriptor } from './descriptor.ts';
import type { Content } from './read.ts';
import type { ByteRange, FileSpan, Ingester, Located, Named, Store } from './store.ts';

/**
 * Blobs in files named by their digest: `<root>/blobs/sha256/<hex>` (OCI image-layout.md § Blobs). Each appears whole
 * or not at all, so any number of processes may write the same folder. Temporary files lie in the root.
 */
export class BlobFolder implements Store, Ingester, Located, Named {
  readonly root: string;
  readonly #dropsWrong: boolean;
  #swept: Promise<void> | undefined;

  /** `dropsWrong`: blobs that turn out wrong are removed. For a cache, never for somebody's own folder. */
  constructor(root: string, { dropsWrong = false }: { dropsWrong?: boolean } = {}) {
    this.root = root;
    this.#dropsWrong = dropsWrong;
  }

  get place(): string {
    return this.root;
  }

  pathOf(descriptor: Descriptor): string {
    return join(this.root, 'blobs', 'sha256', hexOf(descriptor.digest));
  }

  /** True where a file of the right size lies there; its digest is checked when it is read. */
  async exists(descriptor: Descriptor): Promise<boolean> {
    return (await this.#stat(descriptor))?.size === descriptor.size;
  }

  async locate(descriptor: Descriptor): Promise<FileSpan | undefined> {
    if (!(await this.exists(descriptor))) return undefined;
    return { path: this.pathOf(descriptor), offset: 0, size: descriptor.size };
  }

  fetch(descriptor: Descriptor, range?: ByteRange): Content {
    let found: Stats | undefined;
    const read = async function* (this: BlobFolder): AsyncGenerator<Uint8Array, void, undefined> {
      const path = this.pathOf(descriptor);
      found = await this.#stat(descriptor);
      if (found === undefined) throw missingBlob(descriptor, this.root, path);
      if (found.size !== descriptor.size) {
        await this.#remove(descriptor, found);
        throw wrongBlob(descriptor, `has ${found.size} bytes, not ${descriptor.size}`, path);
      }
      yield* readSpan({ path, offset: 0, size: descriptor.size }, range);
    };
    return {
      [Symbol.asyncIterator]: () => read.call(this),
      reject: () => this.#remove(descriptor, found),
    };
  }

  async push(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    const target = this.pathOf(descriptor);
    await this.#write(async (file) => {
      let position = 0;
      for await (const part of verified(descriptor, content)) {
        await writeAt(file, part, position);
        position += part.length;
      }
      return target;
    });
  }

  async ingest(mediaType: string, content: AsyncIterable<Uint8Array>): Promise<Descriptor> {
    const hash = createHash('sha256');
    let size = 0;
    let descriptor: Descriptor = { mediaType, digest: '', size };
    await this.#write(async (file) => {
      for await (const part of content) {
        hash.update(part);
        await writeAt(file, part, size);
        size += part.length;
      }
      descriptor = { mediaType, digest: `sha256:${hash.digest('hex')}`, size };
      return this.pathOf(descriptor);
    });
    return descriptor;
  }

  /** Reads the whole blob. False where it is missing or wrong. */
  async verify(descriptor: Descriptor): Promise<boolean> {
    try {
      for await (const part of verified(descriptor, this.fetch(descriptor))) void part;
      return true;
    } catch (error) {
      if (isOf(error, 'INGOT_BLOB_WRONG', 'INGOT_BLOB_MISSING')) return false;
      throw error;
    }
  }

  async #write(fill: (file: FileHandle) => Promise<string>): Promise<void> {
    this.#swept ??= sweep(this.root);
    await this.#swept;
    await writeWhole(this.root, fill);
  }

  /** The blob's file, if it is one: a pipe or a device of that name would hold us for ever. */
  async #stat(descriptor: Descriptor): Promise<Stats | undefined> {
    const path = this.pathOf(descriptor);
    try {
      const found = await stat(path);
      return found.isFile() ? found : undefined;
    } catch (error) {
      if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
      throw fileError(error, path);
    }
  }

  /** Removes a wrong blob from a cache, unless somebody has put another in its place since it was looked at. */
  async #remove(descriptor: Descriptor, seen: Stats | undefined): Promise<void> {
    if (!this.#dropsWrong) return;
    const now = await this.#stat(descriptor).catch(() => undefined);
    if (now === undefined || seen === undefined || now.ino !== seen.ino || now.mtimeMs !== seen.mtimeMs) return;
    await rm(this.pathOf(descriptor), { force: true }).catch(() => undefined);
  }
}

function isOf(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && codes.includes((error as { code?: string }).code ?? '');
}
