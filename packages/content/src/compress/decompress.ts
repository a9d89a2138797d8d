import { pipeline } from 'node:stream/promises';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { ContentError } from '../error.ts';
import { zstdFrames } from './zstd-frames.ts';
import type { Transform } from 'node:stream';
import type { Compression } from '../media-type.ts';
import type { Algorithm } from './codec.ts';

export interface DecompressOptions {
  /** The most bytes that may come out. Default 64 GiB. */
  readonly limit?: number | undefined;
}

/** No layer of an honest image is larger. */
const defaultLimit = 64 * 1024 ** 3;

/**
 * The bytes that were compressed: all members of a gzip file (RFC 1952 §2.2), all frames of a zstd one (RFC 8878 §3).
 * Throws ContentError INGOT_DECOMPRESS (truncated or broken), INGOT_DECOMPRESS_LIMIT (more than `limit` bytes), and
 * what `content` throws.
 */
export async function* decompress(
  content: AsyncIterable<Uint8Array>,
  algorithm: Compression,
  { limit = defaultLimit }: DecompressOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  let size = 0;
  for await (const part of algorithm === 'none' ? content : inflated(content, algorithm)) {
    size += part.length;
    if (size > limit) {
      throw new ContentError('INGOT_DECOMPRESS_LIMIT', `${algorithm} data decompress to more than ${limit} bytes`, {
        help: 'The blob is broken, or made to fill a disk; if neither, raise the limit.',
      });
    }
    yield part;
  }
}

async function* inflated(content: AsyncIterable<Uint8Array>, algorithm: Algorithm): AsyncIterable<Uint8Array> {
  const chunkSize = 256 * 1024;
  const inflater: Transform = algorithm === 'gzip' ? createGunzip({ chunkSize }) : createZstdDecompress({ chunkSize });
  const source = new Source(content);
  const feeding = pipeline(algorithm === 'gzip' ? source : zstdFrames(source), inflater).catch(() => {});
  try {
    yield* inflater;
  } catch (error) {
    if (source.failed) throw source.error;
    throw broken(algorithm, error instanceof Error ? error.message : String(error), error);
  } finally {
    inflater.destroy();
    await feeding;
  }
  if (source.size === 0) throw broken(algorithm, 'there is nothing at all');
}

/** Counts what it passes on, and remembers whether it was the source that failed. */
class Source implements AsyncIterable<Uint8Array> {
  readonly #content: AsyncIterable<Uint8Array>;
  size = 0;
  failed = false;
  error: unknown;

  constructor(content: AsyncIterable<Uint8Array>) {
    this.#content = content;
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    try {
      for await (const part of this.#content) {
        this.size += part.length;
        yield part;
      }
    } catch (error) {
      this.failed = true;
      this.error = error;
      throw error;
    }
  }
}

function broken(algorithm: Algorithm, reason: string, cause?: unknown): ContentError {
  return new ContentError('INGOT_DECOMPRESS', `${algorithm} data are truncated or broken: ${reason}`, {
    help: 'Build, pull or copy the layer again.',
    cause,
  });
}
