import { ContentError } from '../error.ts';
import type { Compression } from '../media-type.ts';

/** The algorithms that do something. */
export type Algorithm = Exclude<Compression, 'none'>;

/** One segment on its way to be compressed. */
export interface Segment {
  readonly algorithm: Algorithm;
  readonly level: number;
  readonly bytes: Uint8Array;
}

interface Codec {
  /** Bytes before compression; part of what determines the output, so never to be changed. */
  readonly segmentSize: number;
  /** Measured: docs/performance.md. */
  readonly defaultLevel: number;
  readonly maxLevel: number;
}

/**
 * Each segment is compressed alone: a gzip member (RFC 1952 §2.2) or a zstd frame (RFC 8878 §3.1), which every reader
 * takes one after the other. zstd's segments are larger since its window is: 4 MiB cost it nothing and save 3 %.
 */
export const codecs: Readonly<Record<Algorithm, Codec>> = {
  gzip: { segmentSize: 1024 * 1024, defaultLevel: 6, maxLevel: 12 },
  zstd: { segmentSize: 4 * 1024 * 1024, defaultLevel: 3, maxLevel: 19 },
};

/** The level to use: `level` if it is one of the algorithm's, else its default. Throws ContentError INGOT_COMPRESSION_LEVEL. */
export function checkLevel(algorithm: Algorithm, level: number | undefined): number {
  const { defaultLevel, maxLevel } = codecs[algorithm];
  if (level === undefined) return defaultLevel;
  if (Number.isInteger(level) && level >= 1 && level <= maxLevel) return level;
  throw new ContentError('INGOT_COMPRESSION_LEVEL', `${algorithm} has no level ${level}`, {
    help: `Give a whole number from 1 (fast) to ${maxLevel} (small).`,
  });
}

/** Compresses a segment in this thread. The answer is a buffer of its own, which can be transferred. */
export async function encode({ algorithm, level, bytes }: Segment): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = await (algorithm === 'gzip' ? gzipEncoder() : zstdEncoder());
  return ownBuffer(encoder(bytes, level));
}

type Encoder = (bytes: Uint8Array, level: number) => Uint8Array;

let gzip: Promise<Encoder> | undefined;
let zstd: Promise<Encoder> | undefined;

function gzipEncoder(): Promise<Encoder> {
  gzip ??= import('libdeflate').then((libdeflate) => {
    withoutNewListeners(() => libdeflate.gzip(new Uint8Array(), 1));
    return libdeflate.gzip;
  });
  return gzip;
}

function zstdEncoder(): Promise<Encoder> {
  zstd ??= import('@hpcc-js/wasm-zstd')
    .then(({ Zstd }) => Zstd.load())
    .then((loaded) => (bytes, level) => {
      const frame = loaded.compress(bytes, level);
      // The library reports an error on the console and answers with rubbish.
      if (frame.length < 4 || frame[0] !== 0x28 || frame[1] !== 0xb5 || frame[2] !== 0x2f || frame[3] !== 0xfd) {
        throw new Error('zstd made no frame');
      }
      return frame;
    });
  return zstd;
}

/**
 * Starting libdeflate's WebAssembly registers handlers (Emscripten's NODEJS_CATCH_EXIT) that throw every uncaught
 * error of the process again; a library must not change how its host dies.
 */
function withoutNewListeners(start: () => void): void {
  const before = new Set([...process.listeners('uncaughtException'), ...process.listeners('unhandledRejection')]);
  start();
  for (const listener of process.listeners('uncaughtException')) {
    if (!before.has(listener)) process.off('uncaughtException', listener);
  }
  for (const listener of process.listeners('unhandledRejection')) {
    if (!before.has(listener)) process.off('unhandledRejection', listener);
  }
}

function ownBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength
    ? (bytes as Uint8Array<ArrayBuffer>)
    : Uint8Array.from(bytes);
}
