import { describe, expect, it } from 'vitest';
import { sampleOptions, textFile } from '../write/test/sample.ts';
import { planIso } from './plan-iso.ts';

/** What no program complains of, read by the plain rules of ECMA-119, apart from the package's reader. */
const names = ['a', 'b', 'A.B', 'a b', 'a-b', 'a.c', 'a.d', 'ab', 'a0', 'é', '.x', 'z'.repeat(70), 'manifest.yaml'];
const inputs = names.flatMap((folder) => [
  ...names.map((name) => textFile(`${folder}/${name}`)),
  textFile(`${folder}.d/1/2/3/4/5/6/7/8/9/${'y'.repeat(255)}`),
  ...Array.from({ length: 40 }, (_, i) => textFile(`many/${folder}${i}`)),
]);
const { head } = planIso(inputs, sampleOptions);
const image = Buffer.from(head);

interface Numbered {
  readonly identifier: Buffer;
  readonly sector: number;
  readonly parent: number;
}

/** ECMA-119 §9.4. */
function pathTable(sector: number, size: number, type: 'L' | 'M'): Numbered[] {
  const out: Numbered[] = [];
  const number = (at: number, bytes: 2 | 4) =>
    type === 'L' ? image.readUIntLE(at, bytes) : image.readUIntBE(at, bytes);
  for (let at = sector * 2048; at < sector * 2048 + size;) {
    const length = image[at] ?? 0;
    const identifier = image.subarray(at + 8, at + 8 + length);
    out.push({ identifier, sector: number(at + 2, 4), parent: number(at + 6, 2) });
    at += 8 + length + (length % 2);
  }
  return out;
}

/** ECMA-119 §9.1, each with its offset. */
function recordsAt(sector: number): { identifier: Buffer; sector: number; flags: number }[] {
  const start = sector * 2048;
  const size = image.readUInt32LE(start + 10);
  const out = [];
  for (let at = start; at < start + size;) {
    const length = image[at] ?? 0;
    if (length === 0) {
      at += 2048 - (at % 2048);
      continue;
    }
    expect(length % 2).toBe(0);
    expect(Math.floor(at / 2048)).toBe(Math.floor((at + length - 1) / 2048)); // §6.8.1.1
    for (const both of [2, 10]) expect(image.readUInt32LE(at + both)).toBe(image.readUInt32BE(at + both + 4));
    const identifier = image.subarray(at + 33, at + 33 + (image[at + 32] ?? 0));
    out.push({ identifier, sector: image.readUInt32LE(at + 2), flags: image[at + 25] ?? 0 });
    at += length;
  }
  return out;
}

/** ECMA-119 §9.3: name and extension, each filled to equal length. `unit`: bytes of a character. */
function compare(a: Buffer, b: Buffer, unit: 1 | 2): number {
  const filler = unit === 1 ? 0x20 : 0;
  const parts = (identifier: Buffer): [string, string] => {
    const text = (unit === 1 ? identifier : Buffer.from(identifier).swap16()).toString(
      unit === 1 ? 'latin1' : 'utf16le',
    );
    const [, stem = '', extension = ''] = /^(.*?)(?:\.([^.]*?))?(?:;1)?$/s.exec(text) ?? [];
    return [stem, extension];
  };
  const filled = (x: string, y: string): number => {
    const length = Math.max(x.length, y.length);
    const [p, q] = [x, y].map((each) => each.padEnd(length, String.fromCharCode(filler)));
    return p === q ? 0 : (p ?? '') < (q ?? '') ? -1 : 1;
  };
  const [[stemA, extensionA], [stemB, extensionB]] = [parts(a), parts(b)];
  return filled(stemA, stemB) || filled(extensionA, extensionB);
}

describe.each([
  ['primary', 16, 1],
  ['Joliet', 17, 2],
] as const)('the %s tree', (_, descriptor, unit) => {
  const at = descriptor * 2048;
  const size = image.readUInt32LE(at + 132);
  const little = pathTable(image.readUInt32LE(at + 140), size, 'L');

  it('has the same path table in both byte orders', () => {
    expect(little.length).toBeGreaterThan(100);
    expect(pathTable(image.readUInt32BE(at + 148), size, 'M')).toEqual(little);
  });

  it('has its directories in the order of ECMA-119 §6.9.1', () => {
    const levels: number[] = [1];
    for (const [index, entry] of little.entries()) {
      if (index === 0) {
        expect(entry.parent).toBe(1);
        continue;
      }
      expect(entry.parent).toBeLessThanOrEqual(index);
      levels.push((levels[entry.parent - 1] ?? 0) + 1);
      const before = little[index - 1];
      if (before === undefined || index === 1) continue;
      expect(levels[index]).toBeGreaterThanOrEqual(levels[index - 1] ?? 0);
      expect(entry.parent).toBeGreaterThanOrEqual(before.parent);
      if (entry.parent === before.parent) {
        const filler = Buffer.alloc(255, unit === 1 ? 0x20 : 0);
        const fill = (identifier: Buffer) => Buffer.concat([identifier, filler]).subarray(0, 255);
        expect(Buffer.compare(fill(before.identifier), fill(entry.identifier))).toBe(-1);
      }
    }
  });

  it('has the records of each directory in the order of ECMA-119 §9.3, after those of itself and its parent', () => {
    for (const { sector, parent } of little) {
      const [self, up, ...others] = recordsAt(sector);
      expect(self).toEqual({ identifier: Buffer.of(0), sector, flags: 2 });
      expect(up).toEqual({ identifier: Buffer.of(1), sector: little[parent - 1]?.sector, flags: 2 });
      for (const [index, entry] of others.entries()) {
        const before = others[index - 1];
        if (before !== undefined) expect(compare(before.identifier, entry.identifier, unit)).toBe(-1);
      }
    }
  });
});
