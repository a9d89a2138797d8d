import { readLayerEntries } from '@ingot/content';
import { asFile, bothHave } from './bytes.ts';
import { field, within } from './comparer.ts';
import type { LayerEntry } from '@ingot/content';
import type { Comparer, Difference, Inside } from './comparer.ts';

/** `ustar` of POSIX and of GNU: at byte 257 of the first header (pax(1), ustar Interchange Format). */
const magic = Buffer.from('ustar');

/** Tar: names the entry, and which of its fields. */
export const tarComparer: Comparer = {
  format: 'tar',

  reads: (pair) => bothHave(pair, 257, magic),

  async *compare(pair, inside) {
    const first = await readLayerEntries(await asFile(pair.first, inside));
    const second = await readLayerEntries(await asFile(pair.second, inside));
    const others = new Map(second.map((entry) => [entry.path, entry]));
    for (const entry of first) {
      const other = others.get(entry.path);
      if (other === undefined) yield { at: [entry.path], first: entry.type, second: '(none)' };
      else yield* within(entry.path, entryDifferences(entry, other, inside));
      others.delete(entry.path);
    }
    for (const [path, { type }] of others) yield { at: [path], first: '(none)', second: type };
    yield* orderDifference(first, second);
  },
};

async function* entryDifferences(first: LayerEntry, second: LayerEntry, inside: Inside): AsyncGenerator<Difference> {
  yield* field('type', first.type, second.type);
  yield* field('mode', octal(first.mode), octal(second.mode));
  yield* field('owner', `${first.uid}:${first.gid}`, `${second.uid}:${second.gid}`);
  yield* field('mtime', time(first.mtime), time(second.mtime));
  yield* field('xattrs', xattrs(first), xattrs(second));
  yield* field('target', target(first), target(second));
  if (first.type !== 'file' || second.type !== 'file') return;
  const [one, other] = [first.content, second.content];
  if (one instanceof Uint8Array || other instanceof Uint8Array) return;
  yield* inside.compare({ name: first.path, first: one, second: other });
}

/** Where the same entries come in another order. */
function* orderDifference(first: readonly LayerEntry[], second: readonly LayerEntry[]): Generator<Difference> {
  const there = new Set(second.map(({ path }) => path));
  const one = first.map(({ path }) => path).filter((path) => there.has(path));
  const known = new Set(one);
  const other = second.map(({ path }) => path).filter((path) => known.has(path));
  const index = one.findIndex((path, at) => path !== other[at]);
  if (index >= 0) yield { at: [`order of entries, at ${index}`], first: one[index]!, second: other[index]! };
}

export function octal(mode: number | undefined): string | undefined {
  return mode === undefined ? undefined : mode.toString(8).padStart(4, '0');
}

function time(seconds: number | undefined): string | undefined {
  return seconds === undefined ? undefined : `${seconds}`;
}

function xattrs({ xattrs = {} }: LayerEntry): string {
  return Object.entries(xattrs)
    .map(([name, value]) => `${name}=${Buffer.from(value).toString('hex')}`)
    .sort()
    .join(' ');
}

function target(entry: LayerEntry): string | undefined {
  if (entry.type === 'symlink' || entry.type === 'hardlink') return entry.target;
  return entry.type === 'character' || entry.type === 'block' ? `${entry.major}:${entry.minor}` : undefined;
}
