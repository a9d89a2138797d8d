import { once } from './bytes.ts';
import { ContentError } from './error.ts';
import { children } from './manifest.ts';
import { isIndex, isManifest } from './media-type.ts';
import { readBlob } from './read.ts';
import type { Descriptor } from './descriptor.ts';
import type { Content } from './read.ts';
import type { Fetcher, Received, Receiver, Store } from './store.ts';

export interface CopyOptions {
  /** Blobs on their way at once. */
  readonly concurrency?: number;
  /** Which members of an index are wanted, e.g. those of a platform. */
  readonly filter?: (member: Descriptor) => boolean;
  /** What the destination need not hold: layers that are inherited from a base. Neither it nor what it names is copied. */
  readonly skip?: (descriptor: Descriptor) => boolean;
  /** Is told how many bytes were moved. */
  readonly onBytes?: (bytes: number) => void;
  /** Is told of each blob, and once of each manifest that is there with all that it names, how it came there. */
  readonly onReceived?: (descriptor: Descriptor, how: Received) => void;
  /** All that the root names is copied, but not the root: who pushes it by a tag needs it pushed once. */
  readonly withoutRoot?: boolean;
  /** For a destination that is a registry: which of its repositories may hold a blob already. */
  readonly mountFrom?: (descriptor: Descriptor) => readonly string[];
}

/** What `copy` writes to. */
export type Destination = Store & Partial<Receiver>;

/** Indexes of indexes: nobody nests deeper, and an attack shall end. */
export const maxDepth = 8;

/**
 * Moves `root` and all that it names into `to`: each blob once and checked, children before parents, so that a
 * manifest never stands there without what it names. What `to` holds already is not moved again; a `Receiver` fetches
 * blobs by itself.
 * Throws INGOT_BLOB_MISSING, INGOT_BLOB_WRONG, INGOT_MANIFEST, and what `to` throws.
 */
export async function copy(root: Descriptor, from: Fetcher, to: Destination, options: CopyOptions = {}): Promise<void> {
  await new Copy(from, to, options).graph(root, 0);
}

class Copy {
  readonly #from: Fetcher;
  readonly #to: Destination;
  readonly #options: CopyOptions;
  readonly #seen = new Map<string, Promise<void>>();
  readonly #limited: <T>(work: () => Promise<T>) => Promise<T>;

  constructor(from: Fetcher, to: Destination, options: CopyOptions) {
    this.#from = from;
    this.#to = to;
    this.#options = options;
    this.#limited = limit(options.concurrency ?? 4);
  }

  /** The graph under `descriptor`, once for all who ask. */
  graph(descriptor: Descriptor, depth: number): Promise<void> {
    const key = `${descriptor.digest} ${descriptor.size} ${descriptor.mediaType}`;
    let done = this.#seen.get(key);
    if (done === undefined) {
      done = this.#copy(descriptor, depth);
      this.#seen.set(key, done);
    }
    return done;
  }

  async #copy(descriptor: Descriptor, depth: number): Promise<void> {
    if (!isIndex(descriptor.mediaType) && !isManifest(descriptor.mediaType)) {
      return this.#limited(() => this.#blob(descriptor));
    }
    checkDepth(descriptor, depth);
    if (this.#to.holdsGraphs === true && (await this.#limited(() => this.#to.exists(descriptor)))) {
      return this.#options.onReceived?.(descriptor, 'present');
    }
    const bytes = await this.#limited(() => readBlob(this.#from, descriptor));
    const wanted = children(descriptor, bytes).filter((child) => this.#wants(descriptor, child));
    await allOf(wanted.map((child) => this.graph(child, depth + 1)));
    if (depth === 0 && this.#options.withoutRoot === true) return;
    const how = await this.#limited(() => this.#push(descriptor, once(bytes), this.#to.holdsGraphs));
    this.#options.onReceived?.(descriptor, how);
  }

  #wants(parent: Descriptor, child: Descriptor): boolean {
    const { filter, skip } = this.#options;
    if (skip?.(child) === true) return false;
    return !isIndex(parent.mediaType) || filter === undefined || filter(child);
  }

  async #blob(descriptor: Descriptor): Promise<void> {
    const how = this.#to.receive === undefined ? await this.#move(descriptor) : await this.#receive(descriptor);
    this.#options.onReceived?.(descriptor, how);
  }

  #receive(descriptor: Descriptor): Promise<Received> {
    const { onBytes, mountFrom } = this.#options;
    return this.#to.receive!(descriptor, this.#from, {
      ...(onBytes === undefined ? {} : { onBytes }),
      ...(mountFrom === undefined ? {} : { mountFrom: mountFrom(descriptor) }),
    });
  }

  async #move(descriptor: Descriptor): Promise<Received> {
    const content = this.#from.fetch(descriptor) as Content;
    try {
      return await this.#push(descriptor, content);
    } catch (error) {
      // `push` has checked it; whoever keeps the blob wants to know.
      if (error instanceof ContentError && error.code === 'INGOT_BLOB_WRONG') await content.reject?.();
      throw error;
    }
  }

  async #push(descriptor: Descriptor, content: AsyncIterable<Uint8Array>, isNew = false): Promise<Received> {
    if (!isNew && (await this.#to.exists(descriptor))) return 'present';
    await this.#to.push(descriptor, counted(content, this.#options.onBytes));
    return 'sent';
  }
}

/** Throws INGOT_MANIFEST where indexes are nested too deeply. */
export function checkDepth(descriptor: Descriptor, depth: number): void {
  if (depth <= maxDepth) return;
  throw new ContentError('INGOT_MANIFEST', `index ${descriptor.digest} is nested more than ${maxDepth} deep`, {
    digest: descriptor.digest,
  });
}

/** Waits for all, then throws the first error: nothing is still being written once we are back. */
async function allOf(work: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

async function* counted(
  content: AsyncIterable<Uint8Array>,
  onBytes: ((bytes: number) => void) | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const part of content) {
    yield part;
    onBytes?.(part.length);
  }
}

/** Lets at most `most` pieces of work run at once. */
function limit(most: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
