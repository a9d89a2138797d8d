import { bothHave, firstDifference, partOf, bytesDifference } from './bytes.ts';
import { field } from './comparer.ts';
import type { Comparer, Difference, Pair } from './comparer.ts';

type Field = readonly [name: string, offset: number, bytes: number];

/** Linux, Documentation/filesystems/ext4/super.rst: what mke2fs takes from clock and chance. */
const superblock: readonly Field[] = [
  ['mount time', 0x2c, 4],
  ['write time', 0x30, 4],
  ['time of the last check', 0x40, 4],
  ['UUID', 0x68, 16],
  ['volume name', 0x78, 16],
  ['hash seed', 0xec, 16],
  ['creation time', 0x108, 4],
  ['KiB written', 0x178, 8],
];

/** ext2, 3 and 4: names the fields of the superblock; what else differs by its byte. */
export const ext4Comparer: Comparer = {
  format: 'ext4',
  reads: (pair) => bothHave(pair, 1024 + 0x38, Buffer.from([0x53, 0xef])),
  compare: (pair) => fieldsThenBytes(pair, 'superblock', 1024, superblock),
};

/** Microsoft FAT specification, § 3: of FAT12 and 16, and of FAT32. */
const fat16: readonly Field[] = [
  ['volume ID', 39, 4],
  ['volume label', 43, 11],
];
const fat32: readonly Field[] = [
  ['volume ID', 67, 4],
  ['volume label', 71, 11],
];

/** FAT: names the fields of the boot sector; what else differs by its byte. */
export const fatComparer: Comparer = {
  format: 'FAT',

  async reads(pair) {
    return (
      (await bothHave(pair, 510, Buffer.from([0x55, 0xaa]))) &&
      ((await bothHave(pair, 54, Buffer.from('FAT'))) || (await bothHave(pair, 82, Buffer.from('FAT32'))))
    );
  },

  async *compare(pair) {
    const is32 = await bothHave(pair, 82, Buffer.from('FAT32'));
    yield* fieldsThenBytes(pair, 'boot sector', 0, is32 ? fat32 : fat16);
  },
};

async function* fieldsThenBytes(
  pair: Pair,
  place: string,
  start: number,
  fields: readonly Field[],
): AsyncGenerator<Difference> {
  let found = false;
  for (const [name, offset, bytes] of fields) {
    const [one, other] = [await hex(pair.first, start + offset, bytes), await hex(pair.second, start + offset, bytes)];
    for (const difference of field(`${place}, ${name}`, one, other)) {
      found = true;
      yield difference;
    }
  }
  const offset = await firstDifference(pair);
  if (!found && offset !== undefined) yield* bytesDifference(pair, offset);
}

async function hex(span: Pair['first'], offset: number, bytes: number): Promise<string> {
  return (await partOf(span, offset, bytes)).toString('hex');
}
