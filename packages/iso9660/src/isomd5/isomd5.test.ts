import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { makeIso, run, temporaryFolder, writeTree } from '../read/test/foreign-iso.ts';
import { Random } from '../read/test/random.ts';
import { inMemory } from '../read/random-access.ts';
import { APPLICATION_USE } from './application-use.ts';
import { checkMd5 } from './check.ts';
import { implantMd5 } from './implant.ts';
import { MediaSum } from './media-sum.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());
const random = new Random(7);

/** In images of 718,848 bytes and more no fragment is shorter than a read of isomd5sum: 351 sectors, and others. */
const large = [351, 352, 367, 400, 1500, 1501];
const small = [180, 200, 300];

/** An image of exactly so many sectors, by the size of its only file. */
function imageOf(sectors: number, tool: 'xorriso' | 'genisoimage' = 'genisoimage'): string {
  const source = join(folder.path, `source-${tool}-${sectors}`);
  const iso = join(folder.path, `${tool}-${sectors}.iso`);
  const make = (size: number) => {
    writeTree(source, { file: random.bytes(size) });
    makeIso(tool, source, iso, ['-R']);
    return readFileSync(iso).length / 2048;
  };
  const rest = make(2048) - 1;
  expect(make((sectors - rest) * 2048)).toBe(sectors);
  return iso;
}

const copyOf = (iso: string): string => {
  const copy = `${iso}.copy`;
  copyFileSync(iso, copy);
  return copy;
};

/** What checkisomd5 says, in our words. */
function verdict(iso: string): 'passed' | 'failed' | 'absent' {
  const { stderr } = spawnSync(referee('checkisomd5'), [iso], { encoding: 'utf8', input: '' });
  const result = /result is: (\w+)/.exec(stderr)?.[1];
  if (result === 'PASS') return 'passed';
  if (result === 'FAIL') return 'failed';
  if (result === 'NA') return 'absent';
  throw new Error(`checkisomd5 said ${stderr}`);
}

describe('implantMd5', () => {
  it.each(large)('writes the bytes of implantisomd5 into an image of %i sectors', async (sectors) => {
    const ours = imageOf(sectors);
    const theirs = copyOf(ours);
    run('implantisomd5', [theirs]);
    await implantMd5(ours);
    expect(readFileSync(ours).equals(readFileSync(theirs))).toBe(true);
    expect(verdict(ours)).toBe('passed');
  });

  it.each(small)('writes what checkisomd5 accepts into an image of %i sectors', async (sectors) => {
    const ours = imageOf(sectors);
    const theirs = copyOf(ours);
    run('implantisomd5', [theirs]);
    await implantMd5(ours);
    // The reason for the difference: the tools disagree with each other about small images.
    expect(verdict(theirs)).toBe('failed');
    expect((await checkMd5(theirs)).state).toBe('failed');
    expect(verdict(ours)).toBe('passed');
    expect((await checkMd5(ours)).state).toBe('passed');
  });

  it('writes those of xorriso images and of supported releases too', async () => {
    const ours = imageOf(600, 'xorriso');
    const theirs = copyOf(ours);
    run('implantisomd5', ['--supported-iso', theirs]);
    await implantMd5(ours, { supported: true });
    expect(readFileSync(ours).equals(readFileSync(theirs))).toBe(true);
  });

  it('overwrites only by force', async () => {
    const iso = imageOf(500);
    await implantMd5(iso);
    const before = readFileSync(iso);
    await expect(implantMd5(iso)).rejects.toMatchObject({ code: 'INGOT_ISO_MD5_USED', path: iso });
    expect(readFileSync(iso).equals(before)).toBe(true);
    await implantMd5(iso, { force: true });
    expect(readFileSync(iso).equals(before)).toBe(true);
  });

  it('refuses what is no image, is cut short, or is not there', async () => {
    const text = join(folder.path, 'text');
    writeFileSync(text, 'no image'.repeat(10_000));
    await expect(implantMd5(text)).rejects.toMatchObject({ code: 'INGOT_ISO_NONE' });
    const cut = imageOf(400);
    truncateSync(cut, 399 * 2048);
    await expect(implantMd5(cut)).rejects.toMatchObject({ code: 'INGOT_ISO_TRUNCATED' });
    await expect(implantMd5(join(folder.path, 'absent'))).rejects.toMatchObject({ code: 'INGOT_ISO_OPEN' });
  });

  it('counts bytes and stops when told to', async () => {
    const iso = imageOf(1000);
    let bytes = 0;
    await implantMd5(iso, { onBytes: (count) => (bytes += count) });
    expect(bytes).toBe(1000 * 2048);
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(implantMd5(iso, { force: true, signal })).rejects.toThrow('enough');
  });
});

describe('MediaSum', () => {
  it('differs from implantisomd5 only where checkisomd5 refuses what that writes', () => {
    const same = [30, 60, 100, 175, ...Array.from({ length: 25 }, (_, index) => 330 + index), 371].map((sectors) => {
      const iso = join(folder.path, 'streamed.iso');
      const image = bareImage(sectors);
      const sum = new MediaSum(image.length);
      sum.update(image);
      image.set(sum.applicationUse(), APPLICATION_USE.offset);
      writeFileSync(iso, image);
      expect(verdict(iso)).toBe('passed');
      run('implantisomd5', ['--force', iso]);
      const isSame = readFileSync(iso).equals(image);
      expect(isSame).toBe(verdict(iso) === 'passed');
      return isSame;
    });
    expect(new Set(same)).toEqual(new Set([true, false]));
  });

  it.each([1, 511, 2048, 33_000, 1_000_000])('takes the bytes in pieces of %i', async (piece) => {
    const sectors = piece === 1 ? 360 : 700;
    const image = bareImage(sectors);
    const sum = new MediaSum(image.length);
    for (let at = 0; at < image.length; at += piece) sum.update(image.subarray(at, at + piece));
    image.set(sum.applicationUse(), APPLICATION_USE.offset);
    const iso = join(folder.path, `streamed-${piece}.iso`);
    writeFileSync(iso, image);
    expect(verdict(iso)).toBe('passed');
    expect((await checkMd5(inMemory(image))).state).toBe('passed');
    run('implantisomd5', ['--force', iso]);
    expect(readFileSync(iso).equals(image)).toBe(true);
  });
});

describe('checkMd5', () => {
  let iso: string;
  beforeAll(async () => {
    iso = imageOf(900);
    await implantMd5(iso);
  });

  it('gives both sums', async () => {
    const { state, expected, actual } = await checkMd5(iso);
    expect(state).toBe('passed');
    expect(expected).toMatch(/^[0-9a-f]{32}$/);
    expect(actual).toBe(expected);
  });

  const field = APPLICATION_USE.offset;
  const damages: [name: string, damage: (image: Buffer) => Buffer][] = [
    ['nothing', (image) => image],
    ['the first byte', (image) => flip(image, 0)],
    ['a byte in the middle', (image) => flip(image, 450 * 2048)],
    ['the last byte that is covered', (image) => flip(image, 885 * 2048 - 1)],
    ['the first byte that is not covered', (image) => flip(image, 885 * 2048)],
    ['the last byte', (image) => flip(image, 900 * 2048 - 1)],
    ['the byte before the field', (image) => flip(image, field - 1)],
    ['the byte after the field', (image) => flip(image, field + 512)],
    ['the sum', (image) => replace(image, /ISO MD5SUM = ./, 'ISO MD5SUM = x')],
    ['a fragment sum', (image) => replace(image, /FRAGMENT SUMS = ./, 'FRAGMENT SUMS = x')],
    ['the last fragment sum', (image) => replace(image, /.;FRAGMENT COUNT/, 'x;FRAGMENT COUNT')],
    ['the name of the sum', (image) => replace(image, /ISO MD5SUM/, 'ISO MD6SUM')],
    ['the name of the fragments', (image) => replace(image, /FRAGMENT SUMS/, 'FRAGMENT SUMZ')],
    ['the number of fragments', (image) => replace(image, /COUNT = 20/, 'COUNT = 10')],
    ['the number of fragments away', (image) => replace(image, /COUNT = 20/, 'COUNT = 0 ')],
    ['no fragments', (image) => replace(image, /COUNT = 20/, 'COUNT =  0')],
    ['skipped sectors', (image) => replace(image, /SECTORS = 15/, 'SECTORS = 14')],
    ['skipped sectors beyond the image', (image) => replace(image, /SECTORS = 15;/, 'SECTORS = 9999999;')],
    ['skipped sectors that are no number', (image) => replace(image, /SECTORS = 15/, 'SECTORS = 1x')],
    ['the mark of a supported release', (image) => replace(image, /STATUS=0/, 'STATUS=1')],
    ['a blank field', (image) => Buffer.from(image).fill(0x20, field, field + 512)],
    ['a field of zeros', (image) => Buffer.from(image).fill(0, field, field + 512)],
    ['its end away', (image) => image.subarray(0, 890 * 2048)],
    ['half of it away', (image) => image.subarray(0, 450 * 2048)],
    ['the size in the descriptor', (image) => flip(image, 16 * 2048 + 87)],
  ];
  it.each(damages)('says what checkisomd5 says when the damage is: %s', async (name, damage) => {
    const damaged = join(folder.path, `${name}.iso`);
    writeFileSync(damaged, damage(readFileSync(iso)));
    expect((await checkMd5(damaged)).state).toBe(verdict(damaged));
  });

  it('meets all three verdicts among these', async () => {
    const image = readFileSync(iso);
    const states = await Promise.all(
      damages.map(async ([, damage]) => (await checkMd5(inMemory(damage(image)))).state),
    );
    expect(new Set(states)).toEqual(new Set(['passed', 'failed', 'absent']));
  });

  it('says nothing about what is no image', async () => {
    expect(await checkMd5(inMemory(new Uint8Array(10)))).toEqual({ state: 'absent' });
    expect(await checkMd5(inMemory(new Uint8Array(100 * 2048)))).toEqual({ state: 'absent' });
  });
});

/** Nothing but what isomd5sum looks at: a primary volume descriptor with its size. */
function bareImage(sectors: number): Uint8Array {
  const image = random.bytes(sectors * 2048);
  image.set([1, ...Buffer.from('CD001'), 1], 16 * 2048);
  Buffer.from(image.buffer).writeUInt32BE(sectors, 16 * 2048 + 84);
  return image;
}

function flip(image: Buffer, at: number): Buffer {
  const copy = Buffer.from(image);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Replaces text in the application-use field, whose size stays. */
function replace(image: Buffer, from: RegExp, to: string): Buffer {
  const copy = Buffer.from(image);
  const { offset, size } = APPLICATION_USE;
  const text = copy.toString('latin1', offset, offset + size);
  expect(text).toMatch(from);
  copy.write(text.replace(from, to).padEnd(size).slice(0, size), offset, 'latin1');
  return copy;
}
