import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identifiersOf } from '../identifiers.ts';
import { espType, guidBytes, guidText, rootTypes } from './guid.ts';
import { readTable } from './read.ts';
import type { Table } from './table.ts';
import { gptPatches } from './write.ts';

const { disk, esp, root } = identifiersOf('demo', 'amd64');
const table: Table = {
  diskUuid: disk,
  diskSize: 8 * 2 ** 20,
  partitions: [
    { name: 'esp', type: espType, uuid: esp, offset: 2 ** 20, size: 2 ** 20 },
    { name: 'root', type: rootTypes.amd64, uuid: root, offset: 2 * 2 ** 20, size: 5 * 2 ** 20 },
  ],
};

function bytesOf(given: Table): Buffer {
  const bytes = Buffer.alloc(given.diskSize);
  for (const patch of gptPatches(given)) patch.bytes.copy(bytes, patch.position);
  return bytes;
}

function read(bytes: Buffer): Promise<Table> {
  return readTable(async (position, length) => bytes.subarray(position, position + length), bytes.length);
}

describe('a GUID partition table', () => {
  it('is read as it was written', async () => {
    expect(await read(bytesOf(table))).toEqual(table);
    const odd = { ...table, diskSize: 8 * 2 ** 20 + 512 * 3 };
    expect(await read(bytesOf(odd))).toEqual(odd);
  });

  it('begins with an MBR of one partition over the whole disk, as old tools and the UEFI specification want it', () => {
    const bytes = bytesOf(table);
    expect(bytes.toString('hex', 446, 512)).toBe(`00000200eeffffff01000000ff3f0000${'00'.repeat(48)}55aa`);
    const [mbr] = gptPatches({ ...table, diskSize: 3 * 2 ** 40 });
    expect(mbr?.bytes.readUInt32LE(458)).toBe(0xffffffff);
  });

  it('writes GUIDs as EFI does', () => {
    expect(guidBytes(espType).toString('hex')).toBe('28732ac11ff8d211ba4b00a0c93ec93b');
    expect(guidText(guidBytes(root))).toBe(root);
  });

  it('is refused, with the reason, where any byte of it is another', async () => {
    const good = bytesOf(table);
    const headers = [...Array(92).keys()].flatMap((i) => [512 + i, good.length - 512 + i]);
    const entries = [...Array(256).keys()].flatMap((i) => [1024 + i, good.length - 33 * 512 + i]);
    const places = [450, 510, 511, ...headers, ...entries];
    for (const place of places) {
      good[place] = good[place]! ^ 0x41;
      await expect(read(good), `byte ${place}`).rejects.toMatchObject({ code: 'INGOT_DISK_TABLE' });
      good[place] = good[place] ^ 0x41;
    }
  });

  it('is refused where it is cut off', async () => {
    const good = bytesOf(table);
    for (const size of [0, 511, 1024, 20_000, good.length - 512]) {
      await expect(read(good.subarray(0, size))).rejects.toMatchObject({ code: 'INGOT_DISK_TABLE' });
    }
  });

  it('is refused where sums are right and partitions are not', async () => {
    const [first, second] = table.partitions as [Table['partitions'][number], Table['partitions'][number]];
    for (const partitions of [
      [first, { ...second, offset: first.offset + 512 }],
      [{ ...first, offset: 512 }],
      [{ ...second, size: 7 * 2 ** 20 }],
      [{ ...second, size: 0 }],
    ]) {
      await expect(read(bytesOf({ ...table, partitions }))).rejects.toMatchObject({ code: 'INGOT_DISK_TABLE' });
    }
  });

  it('of random partitions is read as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            gap: fc.nat({ max: 20 }),
            sectors: fc.integer({ min: 1, max: 20 }),
            name: fc.stringMatching(/^[a-z ü]{0,36}$/),
          }),
          {
            maxLength: 100,
          },
        ),
        async (given) => {
          let at = 34;
          const partitions = given.map(({ gap, sectors, name }, i) => {
            const offset = (at + gap) * 512;
            at += gap + sectors;
            return { name, type: espType, uuid: identifiersOf(String(i), '').disk, offset, size: sectors * 512 };
          });
          expect((await read(bytesOf({ ...table, partitions }))).partitions).toEqual(partitions);
        },
      ),
      { seed: 1, numRuns: 20 },
    );
  });
});
