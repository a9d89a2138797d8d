import type { BlobFolder } from './blob-folder.ts';
import type { Descriptor } from './descriptor.ts';
import type { Content } from './read.ts';
import type { ByteRange, Fetcher, FileSpan, Located, Named } from './store.ts';

/**
 * Reads through `store`: what is not there is fetched from `origin` first, checked and kept, each blob once however many
 * ask for it at the same time. `locate` finds only what the store has: asking where a blob lies fetches nothing.
 */
export function cachedIn(store: BlobFolder, origin: Fetcher & Partial<Named>): Fetcher & Located & Named {
  return new Cached(store, origin);
}

class Cached implements Fetcher, Located, Named {
  readonly #store: BlobFolder;
  readonly #origin: Fetcher & Partial<Named>;
  readonly #coming = new Map<string, Promise<void>>();

  constructor(store: BlobFolder, origin: Fetcher & Partial<Named>) {
    this.#store = store;
    this.#origin = origin;
  }

  get place(): string {
    return [this.#store.place, this.#origin.place ?? 'its origin'].join(', ');
  }

  async exists(descriptor: Descriptor): Promise<boolean> {
    return (await this.#store.exists(descriptor)) || this.#origin.exists(descriptor);
  }

  fetch(descriptor: Descriptor, range?: ByteRange): Content {
    let kept: Content | undefined;
    const read = async function* (this: Cached): AsyncGenerator<Uint8Array, void, undefined> {
      await this.#bring(descriptor);
      kept = this.#store.fetch(descriptor, range);
      yield* kept;
    };
    return { [Symbol.asyncIterator]: () => read.call(this), reject: async () => kept?.reject?.() };
  }

  locate(descriptor: Descriptor): Promise<FileSpan | undefined> {
    return this.#store.locate(descriptor);
  }

  async #bring(descriptor: Descriptor): Promise<void> {
    if (await this.#store.exists(descriptor)) return;
    const coming = this.#coming.get(descriptor.digest) ?? this.#store.push(descriptor, this.#origin.fetch(descriptor));
    this.#coming.set(descriptor.digest, coming);
    try {
      await coming;
    } finally {
      this.#coming.delete(descriptor.digest);
    }
  }
}
