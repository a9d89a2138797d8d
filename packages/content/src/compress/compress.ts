import { availableParallelism } from 'node:os';
import { checkLevel, codecs, encode } from './codec.ts';
import { hasWorkerFile, sharedPool } from './pool.ts';
import { Buffers, segments } from './segments.ts';
import type { Compression } from '../media-type.ts';
import type { Algorithm, Encoded, Segment } from './codec.ts';

export interface CompressOptions {
  readonly algorithm: Compression;
  /** gzip 1–12, zstd 1–19. */
  readonly level?: number | undefined;
  /** Threads at once; 0 compresses in this one. It changes no byte. Default: one for each CPU, at most 8. */
  readonly workers?: number | undefined;
}

/** A start of a thread costs as much as compressing this many bytes. */
const worthAThread = 1024 * 1024;

/**
 * Compresses a stream to bytes that depend on nothing but its bytes, the algorithm and the level: not on the CPU, the
 * version of Node, the number of workers or the pieces that it comes in. Memory: a few segments for each worker.
 * Throws ContentError INGOT_COMPRESSION_LEVEL, INGOT_COMPRESS_WORKER, and what `content` throws.
 */
export function compress(
  content: AsyncIterable<Uint8Array>,
  { algorithm, level, workers = defaultWorkers() }: CompressOptions,
): AsyncIterable<Uint8Array> {
  if (algorithm === 'none') return content;
  return inOrder(content, algorithm, checkLevel(algorithm, level), hasWorkerFile() ? workers : 0);
}

function defaultWorkers(): number {
  return Math.min(availableParallelism(), 8);
}

/** Keeps two segments for each worker under way, and gives them back in the order in which they came. */
async function* inOrder(
  content: AsyncIterable<Uint8Array>,
  algorithm: Algorithm,
  level: number,
  workers: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { segmentSize } = codecs[algorithm];
  const buffers = new Buffers(segmentSize);
  const underWay: Promise<Encoded>[] = [];
  const most = Math.max(1, workers * 2);
  for await (const bytes of segments(content, buffers)) {
    const alone = bytes.length < segmentSize && underWay.length === 0;
    const job = run({ algorithm, level, bytes }, workers, alone);
    // Its error is thrown where it is awaited below, or belongs to nobody any more.
    job.catch(() => {});
    underWay.push(job);
    while (underWay.length >= most) {
      const { output, buffer } = await (underWay.shift() as Promise<Encoded>);
      buffers.give(buffer);
      yield output;
    }
  }
  for (const job of underWay) yield (await job).output;
}

function run(segment: Segment, workers: number, alone: boolean): Promise<Encoded> {
  if (workers === 0) return encode(segment);
  const pool = sharedPool();
  if (alone && segment.bytes.length <= worthAThread && !pool.ready) return encode(segment);
  return pool.run(segment, workers);
}
