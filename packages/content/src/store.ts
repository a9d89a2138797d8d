import type { Descriptor } from './descriptor.ts';

/** A part of a blob, in bytes. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** Bytes that lie in a file of this machine. Sizes in bytes. */
export interface FileSpan {
  readonly path: string;
  readonly offset: number;
  readonly size: number;
}

/** Gives a blob's bytes. They are as they lie there: `readBlob` and `verified` check them against the descriptor. */
export interface Fetcher {
  exists(descriptor: Descriptor): Promise<boolean>;
  /** Throws ContentError INGOT_BLOB_MISSING (when iterated) if there is no such blob. */
  fetch(descriptor: Descriptor, range?: ByteRange): AsyncIterable<Uint8Array>;
}

/** Where blobs are kept by their digest. `push` checks size and digest and leaves nothing behind if they are wrong. */
export interface Store extends Fetcher {
  push(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void>;
}

/** A store whose blobs lie in files, so that they can be read where they are. */
export interface Located {
  /** Undefined where the blob is not in the store. */
  locate(descriptor: Descriptor): Promise<FileSpan | undefined>;
}

/** A place that has a name for people: a folder, an archive, a repository of a registry. */
export interface Named {
  readonly place: string;
}

/** A store that takes bytes whose digest is not known yet. */
export interface Ingester {
  /** Writes `content`, hashing it once, and answers with the descriptor that it turned out to have. */
  ingest(mediaType: string, content: AsyncIterable<Uint8Array>): Promise<Descriptor>;
}

/** How a blob came to be where it was wanted. */
export type Received = 'present' | 'mounted' | 'sent';

/** What a receiver may want to know. */
export interface ReceiveOptions {
  /** So many more bytes have gone. */
  readonly onBytes?: (bytes: number) => void;
  /** Repositories of the same registry that may hold the blob: it can be mounted from them. */
  readonly mountFrom?: readonly string[];
}

/** A place that takes a blob from where it is by itself: it may begin again in the middle, or need no byte of it. */
export interface Receiver {
  /** A manifest that is there implies all that it names, as registries promise. */
  readonly holdsGraphs?: boolean;
  /** Throws INGOT_BLOB_MISSING and INGOT_BLOB_WRONG for what `from` gives. */
  receive(descriptor: Descriptor, from: Fetcher, options?: ReceiveOptions): Promise<Received>;
}
