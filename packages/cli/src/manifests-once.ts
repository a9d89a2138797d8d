import { isIndex, isManifest, readBlob } from '@ingot/content';
import type { Content, Descriptor, Fetcher, Located } from '@ingot/content';

/** More than any image has; what comes after it is fetched again. Bytes. */
const mostKept = 64 * 1024 * 1024;

/** The same blobs, but each manifest is fetched once, however often it is read. */
export function manifestsOnce(fetcher: Fetcher & Located): Fetcher & Located {
  const kept = new Map<string, Uint8Array>();
  let bytes = 0;
  async function* manifest(descriptor: Descriptor): AsyncGenerator<Uint8Array, void, undefined> {
    const key = `${descriptor.digest} ${descriptor.size} ${descriptor.mediaType}`;
    let found = kept.get(key);
    if (found === undefined) {
      found = await readBlob(fetcher, descriptor);
      bytes += found.length;
      if (bytes <= mostKept) kept.set(key, found);
    }
    yield found;
  }
  return {
    exists: (descriptor) => fetcher.exists(descriptor),
    locate: (descriptor) => fetcher.locate(descriptor),
    fetch(descriptor, range): Content {
      const isSmall = isManifest(descriptor.mediaType) || isIndex(descriptor.mediaType);
      return isSmall && range === undefined ? manifest(descriptor) : fetcher.fetch(descriptor, range);
    },
  };
}
