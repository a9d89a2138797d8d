import type {
  ByteRange,
  Content,
  Descriptor,
  Fetcher,
  ReceiveOptions,
  Received,
  Receiver,
  Store,
} from '@ingot/content';
import type { Reference } from './reference.ts';

/** A manifest as it lies in the registry. */
export interface FetchedManifest {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
}

/** Where a blob or manifest can be had with any HTTP client. Holds no secret. */
export interface BlobUrl {
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

const soon = () => new Error('not made yet');

/** A repository of a registry: a store of blobs and manifests by digest, and names for manifests. */
export class Repository implements Store, Receiver {
  readonly holdsGraphs = true;
  readonly reference: Reference;

  constructor(reference: Reference) {
    this.reference = reference;
  }

  async exists(_descriptor: Descriptor): Promise<boolean> {
    throw soon();
  }

  fetch(_descriptor: Descriptor, _range?: ByteRange): Content {
    throw soon();
  }

  async push(_descriptor: Descriptor, _content: AsyncIterable<Uint8Array>): Promise<void> {
    throw soon();
  }

  async receive(_descriptor: Descriptor, _from: Fetcher, _options: ReceiveOptions = {}): Promise<Received> {
    throw soon();
  }

  /** What a tag or digest names; without one, what the reference names. */
  async resolve(_tagOrDigest?: string): Promise<Descriptor> {
    throw soon();
  }

  async manifest(_tagOrDigest?: string): Promise<FetchedManifest> {
    throw soon();
  }

  async tag(_descriptor: Descriptor, _bytes: Uint8Array, _tag: string): Promise<void> {
    throw soon();
  }

  tags(): AsyncIterable<string> {
    throw soon();
  }

  async referrers(_digest: string, _artifactType?: string): Promise<readonly Descriptor[]> {
    throw soon();
  }

  async remove(_tagOrDigest: string): Promise<void> {
    throw soon();
  }

  async checkPush(): Promise<void> {
    throw soon();
  }

  url(_descriptor: Descriptor): BlobUrl {
    throw soon();
  }
}
