import { missingBlob } from './read.ts';
import type { Descriptor } from './descriptor.ts';
import type { Content } from './read.ts';
import type { ByteRange, Fetcher, FileSpan, Located, Named } from './store.ts';

type Place = Fetcher & Partial<Located & Named>;

/** Looks for each blob in these places, in this order. A blob that is in none is missing in all, by name. */
export function firstOf(places: readonly Place[]): Fetcher & Located & Named {
  return new FirstOf(places);
}

class FirstOf implements Fetcher, Located, Named {
  readonly #places: readonly Place[];

  constructor(places: readonly Place[]) {
    this.#places = places;
  }

  get place(): string {
    // One that reads through a store names both, and the store may be a place of its own.
    return [...new Set(this.#places.flatMap(({ place = 'memory' }) => place.split(', ')))].join(', ');
  }

  async exists(descriptor: Descriptor): Promise<boolean> {
    return (await this.#holder(descriptor)) !== undefined;
  }

  fetch(descriptor: Descriptor, range?: ByteRange): Content {
    let content: Content | undefined;
    const read = async function* (this: FirstOf): AsyncGenerator<Uint8Array, void, undefined> {
      const holder = await this.#holder(descriptor);
      if (holder === undefined) throw missingBlob(descriptor, `any of these places: ${this.place}`);
      content = holder.fetch(descriptor, range);
      yield* content;
    };
    return { [Symbol.asyncIterator]: () => read.call(this), reject: async () => content?.reject?.() };
  }

  async locate(descriptor: Descriptor): Promise<FileSpan | undefined> {
    for (const place of this.#places) {
      const span = await place.locate?.(descriptor);
      if (span !== undefined) return span;
    }
    return undefined;
  }

  async #holder(descriptor: Descriptor): Promise<Fetcher | undefined> {
    for (const place of this.#places) if (await place.exists(descriptor)) return place;
    return undefined;
  }
}
