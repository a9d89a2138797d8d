import { basename } from 'node:path';
import { digestOfFile } from './digest-of-file.ts';
import { fileError } from './file-error.ts';
import { readSpan } from './file-span.ts';
import { title } from './image/assemble-artifact.ts';
import { missingBlob } from './read.ts';
import { stat } from 'node:fs/promises';
import type { Descriptor } from './descriptor.ts';
import type { ByteRange, Fetcher, FileSpan, Located, Named } from './store.ts';

/** Files of this machine as blobs, read where they lie. */
export class FileBlobs implements Fetcher, Located, Named {
  readonly #spans = new Map<string, FileSpan>();

  get place(): string {
    return [...this.#spans.values()].map(({ path }) => path).join(', ') || 'no files';
  }

  /** Hashes a file. The descriptor has its name as title. Throws ContentError INGOT_FILE, and what digestOfFile throws. */
  async add(path: string, mediaType: string, name: string = basename(path)): Promise<Descriptor> {
    const digest = await digestOfFile(path);
    const { size } = await stat(path).catch((error: unknown) => {
      throw fileError(error, path);
    });
    this.#spans.set(digest, { path, offset: 0, size });
    return { mediaType, digest, size, annotations: { [title]: name } };
  }

  async exists(descriptor: Descriptor): Promise<boolean> {
    return (await this.locate(descriptor)) !== undefined;
  }

  async *fetch(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const span = await this.locate(descriptor);
    if (span === undefined) throw missingBlob(descriptor, this.place);
    yield* readSpan(span, range);
  }

  async locate(descriptor: Descriptor): Promise<FileSpan | undefined> {
    const span = this.#spans.get(descriptor.digest);
    return span?.size === descriptor.size ? span : undefined;
  }
}
