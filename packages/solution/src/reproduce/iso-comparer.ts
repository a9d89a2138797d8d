import { openIso } from '@ingot/iso9660';
import { bothHave, field, within } from '@ingot/workspace/reproduce';
import type { IsoEntry, IsoImage } from '@ingot/iso9660';
import type { Comparer, Difference, Inside, Pair } from '@ingot/workspace/reproduce';

/** ECMA-119 § 8.1.2, in the first volume descriptor. */
const magic = { offset: 16 * 2048 + 1, bytes: Buffer.from('CD001') };

/** ISO 9660: names the entry, and which of its fields. For ISOs that are files of their own. */
export const isoComparer: Comparer = {
  format: 'ISO 9660',

  reads: async (pair) =>
    pair.first.offset === 0 && pair.second.offset === 0 && (await bothHave(pair, magic.offset, magic.bytes)),

  async *compare(pair, inside) {
    const first = await openIso(pair.first.path);
    try {
      const second = await openIso(pair.second.path);
      try {
        yield* imageDifferences([first, second], pair, inside);
      } finally {
        await second.close();
      }
    } finally {
      await first.close();
    }
  },
};

type Two<T> = readonly [first: T, second: T];

async function* imageDifferences([one, other]: Two<IsoImage>, pair: Pair, inside: Inside): AsyncGenerator<Difference> {
  yield* field('volume ID', one.volumeId, other.volumeId);
  yield* field('Joliet volume ID', one.jolietVolumeId, other.jolietVolumeId);
  yield* field('size', one.size, other.size);
  const others = new Map((await Array.fromAsync(other.list())).map((entry) => [entry.path, entry]));
  for await (const entry of one.list()) {
    const match = others.get(entry.path);
    if (match === undefined) yield { at: [entry.path], first: entry.type, second: '(none)' };
    else yield* within(entry.path, entryDifferences([entry, match], pair, inside));
    others.delete(entry.path);
  }
  for (const [path, { type }] of others) yield { at: [path], first: '(none)', second: type };
}

async function* entryDifferences([one, other]: Two<IsoEntry>, pair: Pair, inside: Inside): AsyncGenerator<Difference> {
  for (const key of ['type', 'identifier', 'uid', 'gid', 'target'] as const) yield* field(key, one[key], other[key]);
  yield* field('mode', one.mode?.toString(8), other.mode?.toString(8));
  yield* field('time', timeOf(one), timeOf(other));
  if (one.type !== 'file' || other.type !== 'file') return;
  const [a, b] = [one.extents[0], other.extents[0]];
  // What comes after a file of another size lies elsewhere: that is no difference of its own.
  if (one.extents.length > 1 || other.extents.length > 1 || a === undefined || b === undefined) {
    yield* field('size', one.size, other.size);
    return;
  }
  const span = (path: string, { sector, size }: typeof a) => ({ path, offset: sector * 2048, size });
  yield* inside.compare({ name: one.path, first: span(pair.first.path, a), second: span(pair.second.path, b) });
}

function timeOf({ time }: IsoEntry): string {
  return JSON.stringify(time) ?? '';
}
