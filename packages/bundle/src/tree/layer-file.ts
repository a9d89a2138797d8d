import { decompress, type Compression } from '@ingot/content';

/**
 * A layer's tar. How it is compressed its first bytes tell, whatever its media type says: so go-containerregistry reads
 * it for rukpak (pkg/v1/partial/compressed.go, Uncompressed), and containers/image for OLM (AutoDecompress).
 * Throws what `content` and `decompress` throw: INGOT_DECOMPRESS_LIMIT after `limit` bytes.
 */
export async function* layerTar(
  content: AsyncIterable<Uint8Array>,
  limit: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const parts = content[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let size = 0;
  while (size < 4) {
    const next = await parts.next();
    if (next.done === true) break;
    // A producer may use its buffer again.
    first.push(Uint8Array.from(next.value));
    size += next.value.length;
  }
  const head = Buffer.concat(first);
  async function* whole(): AsyncGenerator<Uint8Array, void, undefined> {
    yield head;
    yield* { [Symbol.asyncIterator]: () => parts };
  }
  try {
    yield* decompress(whole(), compressionOf(head), { limit });
  } finally {
    await parts.return?.();
  }
}

function compressionOf(head: Buffer): Compression {
  const magic = head.toString('latin1', 0, 4);
  if (magic.startsWith('\x1f\x8b')) return 'gzip';
  return magic === '\x28\xb5\x2f\xfd' ? 'zstd' : 'none';
}
