import { checkDepth } from '../copy.ts';
import { children } from '../manifest.ts';
import { isIndex, isManifest } from '../media-type.ts';
import { readBlob } from '../read.ts';
import type { Descriptor } from '../descriptor.ts';
import type { Fetcher } from '../store.ts';

/** All blobs that an image names, each once. */
export class Graph {
  readonly #blobs: ReadonlyMap<string, Descriptor>;

  constructor(blobs: ReadonlyMap<string, Descriptor>) {
    this.#blobs = blobs;
  }

  /** Reads its manifests and indexes. Throws ContentError INGOT_MANIFEST, INGOT_BLOB_*. */
  static async read(root: Descriptor, fetcher: Fetcher): Promise<Graph> {
    const blobs = new Map<string, Descriptor>();
    const seen = new Set<string>();
    const walk = async (descriptor: Descriptor, depth: number): Promise<void> => {
      const key = `${descriptor.digest} ${descriptor.size} ${descriptor.mediaType}`;
      if (seen.has(key)) return;
      seen.add(key);
      checkDepth(descriptor, depth);
      blobs.set(descriptor.digest, descriptor);
      if (!isIndex(descriptor.mediaType) && !isManifest(descriptor.mediaType)) return;
      const bytes = await readBlob(fetcher, descriptor);
      for (const child of children(descriptor, bytes)) await walk(child, depth + 1);
    };
    await walk(root, 0);
    return new Graph(blobs);
  }

  /** By digest, so that their order depends on nothing else. */
  sorted(): readonly Descriptor[] {
    return [...this.#blobs.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
  }
}
