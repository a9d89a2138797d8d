import type { ByteRange, Content, Descriptor, Fetcher, FileSpan, Located } from '@ingot/content';

/** The same blobs until `signal` says stop: then all that is being read breaks off with its reason. */
export function stoppable(fetcher: Fetcher & Located, signal: AbortSignal): Fetcher & Located {
  return {
    exists: (descriptor) => fetcher.exists(descriptor),
    locate: (descriptor): Promise<FileSpan | undefined> => fetcher.locate(descriptor),
    fetch(descriptor: Descriptor, range?: ByteRange): Content {
      const content: Content = fetcher.fetch(descriptor, range);
      return {
        [Symbol.asyncIterator]: () => untilStopped(content, signal),
        reject: async () => content.reject?.(),
      };
    },
  };
}

async function* untilStopped(content: Content, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  signal.throwIfAborted();
  for await (const part of content) {
    yield part;
    signal.throwIfAborted();
  }
}
