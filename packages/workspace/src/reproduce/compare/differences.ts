import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { bytesDifference, firstDifference } from './bytes.ts';
import { compressedComparers } from './compressed.ts';
import { diskComparer } from './disk.ts';
import { ext4Comparer, fatComparer } from './file-system.ts';
import { jsonComparer } from './json.ts';
import { qcow2Comparer } from './qcow2.ts';
import { tarComparer } from './tar.ts';
import { textComparer } from './text.ts';
import type { Comparer, Difference, Inside, Pair } from './comparer.ts';

const comparers: readonly Comparer[] = [
  ...compressedComparers,
  qcow2Comparer,
  diskComparer,
  tarComparer,
  ext4Comparer,
  fatComparer,
  jsonComparer,
  textComparer,
];

/** Archives in archives: nobody nests deeper. */
const deepest = 10;

export interface DifferencesOptions {
  /** Where what must be unpacked is put; whoever calls makes and removes it. */
  readonly scratch: string;
  /** Formats besides those that are known, asked first. */
  readonly comparers?: readonly Comparer[];
  readonly signal?: AbortSignal;
}

/** What to give a comparer: compares what it finds within. */
export function insideOf(options: DifferencesOptions, depth = 0): Inside {
  return {
    compare: (pair) => fileDifferences(pair, options, depth + 1),
    scratch: () => join(options.scratch, randomUUID()),
    signal: options.signal,
  };
}

/**
 * How two files differ, as closely as their format lets us say: the fields that differ, or the first byte. Nothing for
 * equal files. What a comparer cannot read is compared by its bytes.
 */
export async function* fileDifferences(pair: Pair, options: DifferencesOptions, depth = 0): AsyncGenerator<Difference> {
  const offset = await firstDifference(pair, options.signal);
  if (offset === undefined) return;
  const comparer = depth > deepest ? undefined : await comparerFor(pair, options.comparers ?? []);
  if (comparer === undefined) {
    yield* bytesDifference(pair, offset);
    return;
  }
  let found = false;
  try {
    for await (const difference of comparer.compare(pair, insideOf(options, depth))) {
      found = true;
      yield difference;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!found) yield* withNote(pair, offset, `${comparer.format} that cannot be read: ${(error as Error).message}`);
    return;
  }
  if (!found) yield* withNote(pair, offset, `the same in another way of writing ${comparer.format}`);
}

async function comparerFor(pair: Pair, more: readonly Comparer[]): Promise<Comparer | undefined> {
  for (const comparer of [...more, ...comparers]) if (await comparer.reads(pair)) return comparer;
  return undefined;
}

async function* withNote(pair: Pair, offset: number, note: string): AsyncGenerator<Difference> {
  for await (const { at, first, second } of bytesDifference(pair, offset)) yield { at: [note, ...at], first, second };
}
