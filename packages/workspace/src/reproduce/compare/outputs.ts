import { lstat, mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wholeFile } from './bytes.ts';
import { field, within } from './comparer.ts';
import { fileDifferences, insideOf } from './differences.ts';
import { isLayout, layoutDifferences } from './layout.ts';
import { octal } from './tar.ts';
import type { Stats } from 'node:fs';
import type { Comparer, Difference } from './comparer.ts';
import type { DifferencesOptions } from './differences.ts';

export interface CompareOptions {
  /** Relative to both roots: files or folders, each of which one of the two must have. */
  readonly paths: readonly string[];
  /** Is not compared, though it is below one of the paths. Relative as well. */
  readonly ignores?: (path: string) => boolean;
  /** Formats besides those that are known. */
  readonly comparers?: readonly Comparer[];
  /** More are not looked for. Default: 100. */
  readonly most?: number;
  readonly signal?: AbortSignal;
}

export interface Compared {
  /** Files that were looked at, and their bytes (of the first root). */
  readonly files: number;
  readonly bytes: number;
  readonly differences: readonly Difference[];
  /** There were more than `differences` has. */
  readonly hasMore: boolean;
}

/**
 * Compares what two builds left under the same paths of two folders: names, kinds, modes (of folders not, Nx's cache
 * keeps none), links, contents. Says of each difference what it is in, as diffoscope does.
 */
export async function compareOutputs(first: string, second: string, options: CompareOptions): Promise<Compared> {
  const scratch = await mkdtemp(join(tmpdir(), 'ingot-compare-'));
  const trees = new Trees(first, second, { ...options, scratch });
  const differences: Difference[] = [];
  const most = options.most ?? 100;
  let hasMore = false;
  try {
    for (const path of options.paths) {
      for await (const difference of within(path, trees.differences(path))) {
        hasMore = differences.length >= most;
        if (hasMore) break;
        differences.push(difference);
      }
      if (hasMore) break;
    }
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return { files: trees.files, bytes: trees.bytes, differences, hasMore };
}

class Trees {
  files = 0;
  bytes = 0;
  readonly #first: string;
  readonly #second: string;
  readonly #options: Pick<CompareOptions, 'ignores'> & DifferencesOptions;

  constructor(first: string, second: string, options: Pick<CompareOptions, 'ignores'> & DifferencesOptions) {
    this.#first = first;
    this.#second = second;
    this.#options = options;
  }

  /** Places are relative to `path`. */
  async *differences(path: string): AsyncGenerator<Difference> {
    if (this.#options.ignores?.(path) === true) return;
    const [one, other] = [join(this.#first, path), join(this.#second, path)];
    const [a, b] = [await statOf(one), await statOf(other)];
    const [kind, otherKind] = [kindOf(a), kindOf(b)];
    if (kind !== otherKind) yield { at: [], first: kind, second: otherKind };
    else if (kind === 'folder') yield* this.#folders(path, one, other);
    else if (a !== undefined && b !== undefined) yield* this.#files(path, one, other, [a, b]);
  }

  async *#files(path: string, one: string, other: string, [a, b]: readonly [Stats, Stats]): AsyncGenerator<Difference> {
    this.files += 1;
    if (a.isSymbolicLink()) {
      yield* field('target', await readlink(one), await readlink(other));
      return;
    }
    yield* field('mode', octal(a.mode & 0o7777), octal(b.mode & 0o7777));
    if (!a.isFile()) return;
    this.bytes += a.size;
    const pair = { name: path, first: await wholeFile(one), second: await wholeFile(other) };
    yield* fileDifferences(pair, this.#options);
  }

  async *#folders(path: string, one: string, other: string): AsyncGenerator<Difference> {
    let found = false;
    if ((await isLayout(one)) && (await isLayout(other))) {
      for await (const difference of this.#layouts(one, other)) {
        found = true;
        yield difference;
      }
    }
    if (found) return;
    const names = new Set([...(await readdir(one)), ...(await readdir(other))]);
    for (const name of [...names].sort()) yield* within(name, this.differences(join(path, name)));
  }

  /** Of an OCI layout its index tells most; where it tells nothing, the files are compared. */
  async *#layouts(one: string, other: string): AsyncGenerator<Difference> {
    try {
      yield* layoutDifferences(one, other, insideOf(this.#options));
    } catch {
      // No layout that can be read: its files are looked at as all others.
      this.#options.signal?.throwIfAborted();
    }
  }
}

async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function kindOf(found: Stats | undefined): string {
  if (found === undefined) return '(none)';
  if (found.isFile()) return 'file';
  if (found.isDirectory()) return 'folder';
  return found.isSymbolicLink() ? 'link' : 'other';
}
