import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readSpan } from '@ingot/content';
import type { FileSpan } from '@ingot/content';
import type { Difference, Inside, Pair } from './comparer.ts';

/** Where two spans differ for the first time, in bytes; where one ends, if the other goes on. Undefined: they are equal. */
export async function firstDifference({ first, second }: Pair, signal?: AbortSignal): Promise<number | undefined> {
  const common = Math.min(first.size, second.size);
  const one = readSpan(first, { offset: 0, length: common });
  const other = readSpan(second, { offset: 0, length: common });
  try {
    for (let position = 0; position < common;) {
      signal?.throwIfAborted();
      const [a, b] = await Promise.all([one.next(), other.next()]);
      if (a.done === true || b.done === true) return position;
      if (Buffer.compare(a.value, b.value) !== 0) return position + mismatch(a.value, b.value);
      position += a.value.length;
    }
  } finally {
    await Promise.all([one.return(), other.return()]);
  }
  return first.size === second.size ? undefined : common;
}

function mismatch(a: Uint8Array, b: Uint8Array): number {
  const index = a.findIndex((byte, at) => byte !== b[at]);
  return index < 0 ? a.length : index;
}

/** What lies at `offset` of both, in hexadecimal. */
export async function* bytesDifference(pair: Pair, offset: number): AsyncGenerator<Difference> {
  const at = [`byte ${offset} (0x${offset.toString(16)})`];
  yield { at, first: await around(pair.first, offset), second: await around(pair.second, offset) };
}

async function around(span: FileSpan, offset: number): Promise<string> {
  if (offset >= span.size) return `ends after ${span.size} bytes`;
  return (await partOf(span, offset, 16)).toString('hex').replaceAll(/(..)(?=.)/g, '$1 ');
}

/** At most `length` bytes at `offset`: fewer where the span ends. */
export async function partOf(span: FileSpan, offset: number, length: number): Promise<Buffer> {
  const there = Math.max(0, Math.min(length, span.size - offset));
  return Buffer.concat(await Array.fromAsync(readSpan(span, { offset: Math.min(offset, span.size), length: there })));
}

/** Do both have these bytes at `offset`? */
export async function bothHave(pair: Pair, offset: number, bytes: Uint8Array): Promise<boolean> {
  for (const span of [pair.first, pair.second]) {
    if (!(await partOf(span, offset, bytes.length)).equals(bytes)) return false;
  }
  return true;
}

/** The path of a file that has the span's bytes alone: its own, or a copy. */
export async function asFile(span: FileSpan, inside: Inside): Promise<string> {
  if (span.offset === 0 && (await stat(span.path)).size === span.size) return span.path;
  return (await written(readSpan(span), inside)).path;
}

/** Writes a stream into a scratch file. */
export async function written(content: AsyncIterable<Uint8Array>, inside: Inside): Promise<FileSpan> {
  const path = inside.scratch();
  const { signal } = inside;
  await pipeline(Readable.from(content), createWriteStream(path), signal === undefined ? {} : { signal });
  return wholeFile(path);
}

export async function wholeFile(path: string): Promise<FileSpan> {
  return { path, offset: 0, size: (await stat(path)).size };
}
