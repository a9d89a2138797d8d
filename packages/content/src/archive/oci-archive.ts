import { hexOf } from '../digest.ts';
import { ContentError } from '../error.ts';
import { readSpan } from '../file-span.ts';
import { checkLayoutFile, parseRoots } from '../layout-store.ts';
import { missingBlob } from '../read.ts';
import { TarIndex } from './tar-index.ts';
import type { Descriptor } from '../descriptor.ts';
import type { ByteRange, Fetcher, FileSpan, Located, Named } from '../store.ts';

/** An OCI image layout in a tar, read where it is. */
export class OciArchive implements Fetcher, Located, Named {
  readonly #index: TarIndex;

  constructor(index: TarIndex) {
    this.#index = index;
  }

  static async open(path: string): Promise<OciArchive> {
    return new OciArchive(await TarIndex.open(path));
  }

  /** The roots that its index.json names. Throws ContentError INGOT_LAYOUT. */
  async roots(): Promise<readonly Descriptor[]> {
    checkLayoutFile(await this.#read('oci-layout'), `${this.#index.path}(oci-layout)`);
    return parseRoots(await this.#read('index.json'), `${this.#index.path}(index.json)`);
  }

  get place(): string {
    return this.#index.path;
  }

  async exists(descriptor: Descriptor): Promise<boolean> {
    return (await this.locate(descriptor)) !== undefined;
  }

  async locate(descriptor: Descriptor): Promise<FileSpan | undefined> {
    const span = this.#index.find(`blobs/sha256/${hexOf(descriptor.digest)}`);
    return span?.size === descriptor.size ? span : undefined;
  }

  async *fetch(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array, void, undefined> {
    const span = await this.locate(descriptor);
    if (span === undefined) throw missingBlob(descriptor, this.#index.path, this.#index.path);
    yield* readSpan(span, range);
  }

  async #read(name: string): Promise<Uint8Array> {
    const { path } = this.#index;
    const bytes = await this.#index.read(name);
    if (bytes !== undefined) return bytes;
    const docker = this.#index.find('manifest.json') !== undefined;
    throw new ContentError('INGOT_LAYOUT', `${path} is no OCI archive: it has no ${name}`, {
      path,
      help: docker
        ? `It looks like docker save's: write docker-archive:${path}`
        : 'Make one with skopeo copy … oci-archive:FILE.',
    });
  }
}
