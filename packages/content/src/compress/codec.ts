import { ContentError } from '../error.ts';
import type { Compression } from '../media-type.ts';

/** The algorithms that do something. */
export type Algorithm = Exclude<Compression, 'none'>;

/** One segment on its way to be compressed. */
export interface Segment {
  readonly algorithm: Algorithm;
  readonly level: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A segment's compressed form, and its buffer to be used again: both can be transferred. */
export interface Encoded {
  readonly output: Uint8Array<ArrayBuffer>;
  readonly buffer: ArrayBuffer;
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
  gzip: { segmentSize: 1024 * 1024, defaultLevel: 4, maxLevel: 12 },
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

/** Compresses a segment in this thread. */
export async function encode({ algorithm, level, bytes }: Segment): Promise<Encoded> {
  const encoder = await (algorithm === 'gzip' ? gzipEncoder() : zstdEncoder());
  return { output: ownBuffer(encoder(bytes, level)), buffer: bytes.buffer };
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
    .then((loaded) => {
      copyFast(loaded);
      return (bytes, level) => checkedFrame(loaded.compress(bytes, level));
    });
  return zstd;
}

/**
 * The library copies its results out of the WebAssembly memory by way of a JavaScript array of numbers, which takes
 * twice as long as compressing, and 100 MB. Where its inside still looks like that, a plain copy takes the place.
 */
function copyFast(loaded: object): void {
  const { _mainModule: inside } = loaded as { _mainModule?: Partial<HeapAccess> };
  if (typeof inside?.heapView !== 'function' || typeof inside.heapToUint8Array !== 'function') return;
  inside.heapToUint8Array = function (this: HeapAccess, place) {
    return this.heapView(place).slice();
  };
}

interface HeapAccess {
  heapView(place: unknown): Uint8Array;
  heapToUint8Array(place: unknown): Uint8Array;
}

/** The library reports an error on the console and answers with rubbish: RFC 8878 §3.1.1, Magic_Number. */
function checkedFrame(frame: Uint8Array): Uint8Array {
  if (frame[0] === 0x28 && frame[1] === 0xb5 && frame[2] === 0x2f && frame[3] === 0xfd) return frame;
  throw new Error('zstd made no frame');
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
