import { bothHave, partOf } from './bytes.ts';
import { field, within } from './comparer.ts';
import type { FileSpan } from '@ingot/content';
import type { Comparer, Difference, Inside, Pair } from './comparer.ts';

const sector = 512;
const signature = Buffer.from('EFI PART');

/** UEFI specification § 5.3.3. */
interface Partition {
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly id: string;
  readonly first: number;
  readonly last: number;
}

/** A disk with a GUID partition table: names the partition. */
export const diskComparer: Comparer = {
  format: 'disk',

  reads: (pair) => bothHave(pair, sector, signature),

  async *compare(pair, inside) {
    const [first, second] = [await tableOf(pair.first), await tableOf(pair.second)];
    yield* field('size', pair.first.size, pair.second.size);
    yield* within('GPT', of([...field('disk GUID', first.id, second.id)]));
    for (let index = 0; index < Math.max(first.partitions.length, second.partitions.length); index++) {
      const [one, other] = [first.partitions[index], second.partitions[index]];
      const { number, name } = (one ?? other)!;
      yield* within(
        `partition ${number}${name === '' ? '' : ` "${name}"`}`,
        partitionDifferences(pair, one, other, inside),
      );
    }
    const before = { name: 'boot sector', first: part(pair.first, 0, 440), second: part(pair.second, 0, 440) };
    yield* within('boot sector', inside.compare(before));
  },
};

async function* partitionDifferences(
  pair: Pair,
  one: Partition | undefined,
  other: Partition | undefined,
  inside: Inside,
): AsyncGenerator<Difference> {
  for (const key of ['type', 'id', 'first', 'last', 'name'] as const)
    yield* field(`GPT ${key}`, one?.[key], other?.[key]);
  if (one === undefined || other === undefined) return;
  const span = (disk: FileSpan, { first, last }: Partition) => part(disk, first * sector, (last - first + 1) * sector);
  yield* inside.compare({ name: one.name, first: span(pair.first, one), second: span(pair.second, other) });
}

function part({ path, offset, size }: FileSpan, start: number, length: number): FileSpan {
  const from = Math.min(start, size);
  return { path, offset: offset + from, size: Math.max(0, Math.min(length, size - from)) };
}

/** Throws for a table that cannot be one. */
async function tableOf(disk: FileSpan): Promise<{ readonly id: string; readonly partitions: readonly Partition[] }> {
  const header = await partOf(disk, sector, sector);
  const [at, count, size] = [Number(header.readBigUInt64LE(72)), header.readUInt32LE(80), header.readUInt32LE(84)];
  if (count > 1024 || size < 128 || size > 4096) throw new RangeError('no partition table');
  const table = await partOf(disk, at * sector, count * size);
  const partitions: Partition[] = [];
  for (let index = 0; (index + 1) * size <= table.length; index++) {
    const entry = table.subarray(index * size, (index + 1) * size);
    if (entry.subarray(0, 16).every((byte) => byte === 0)) continue;
    partitions.push({
      number: index + 1,
      type: guid(entry.subarray(0, 16)),
      id: guid(entry.subarray(16, 32)),
      first: Number(entry.readBigUInt64LE(32)),
      last: Number(entry.readBigUInt64LE(40)),
      name: entry.subarray(56, 128).toString('utf16le').replace(/\0.*$/s, ''),
    });
  }
  return { id: guid(header.subarray(56, 72)), partitions };
}

/** UEFI specification, appendix A: the first three groups are little-endian. */
function guid(bytes: Buffer): string {
  const groups = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)];
  const rest = [bytes.subarray(8, 10), bytes.subarray(10, 16)];
  return [...groups.map((group) => Buffer.from(group).reverse()), ...rest]
    .map((group) => group.toString('hex'))
    .join('-');
}

async function* of(differences: readonly Difference[]): AsyncGenerator<Difference> {
  yield* differences;
}
