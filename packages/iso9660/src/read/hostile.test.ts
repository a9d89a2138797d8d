import { describe, expect, it } from 'vitest';
import { IsoError } from '../error.ts';
import type { IsoEntry } from './entry.ts';
import type { IsoLimits } from './limits.ts';
import { openIso } from './open.ts';
import { inMemory } from './random-access.ts';
import type { RandomAccess } from './random-access.ts';
import { ce, cl, CraftedIso, entry, nm, px, record, sl } from './test/crafted-iso.ts';

const directory = 2;
const associated = 4;
const continues = 0x80;

/** Everything in an image, or the code of the error it ends with. */
async function listOf(image: CraftedIso | RandomAccess, limits: Partial<IsoLimits> = {}): Promise<IsoEntry[] | string> {
  try {
    const iso = await openIso(image instanceof CraftedIso ? inMemory(image.bytes) : image, { limits });
    return await Array.fromAsync(iso.list());
  } catch (error) {
    if (error instanceof IsoError) return error.code.replace('INGOT_ISO_', '');
    throw error;
  }
}

const file = (identifier: string, ...use: Uint8Array[]) => record({ identifier, sector: 20, size: 10, use });
const folder = (identifier: string, sector: number, size = 2048) =>
  record({ identifier, sector, size, flags: directory });
const pathsOf = async (image: CraftedIso) => {
  const entries = await listOf(image);
  return typeof entries === 'string' ? entries : entries.map((one) => one.path);
};

describe('a crafted image', () => {
  it('can be read at all', async () => {
    const image = new CraftedIso(24).root(file('A.;1'), folder('D', 19)).put(20, Buffer.from('0123456789'));
    image.directory(19, [], file('B.;1', nm('b in d')));
    expect(await listOf(image)).toMatchObject([
      { path: 'A', type: 'file', size: 10 },
      { path: 'D', type: 'directory' },
      { path: 'D/b in d', type: 'file' },
    ]);
  });
});

describe('names', () => {
  it.each(['.', '..', 'a/b', '/', '/etc/passwd', '../x', 'nul\0', ''])(
    'that could lead elsewhere: %j',
    async (name) => {
      expect(await listOf(new CraftedIso(24).root(file('A', nm(name))))).toBe('NAME');
    },
  );

  it('that are the folder itself or its parent by their flags', async () => {
    expect(await listOf(new CraftedIso(24).root(file('A', nm('', 2))))).toBe('NAME');
    expect(await listOf(new CraftedIso(24).root(file('A', nm('', 4))))).toBe('NAME');
  });

  it('in the primary tree', async () => {
    for (const identifier of ['..;1', '../A;1', 'A\0B', ';1', '..']) {
      const plain = new CraftedIso(24, { plain: true });
      plain.directory(18, [], record({ identifier, sector: 20, size: 1 }));
      expect(await listOf(plain)).toBe('NAME');
    }
  });

  it('longer than a system takes', async () => {
    const name = (length: number) => nm('n'.repeat(length), 1);
    const long = (last: number) =>
      new CraftedIso(24)
        .root(record({ identifier: 'A', use: [ce(21, 0, 270)] }))
        .put(21, Buffer.concat([name(200), nm('n'.repeat(last))]));
    expect(await pathsOf(long(55))).toEqual(['n'.repeat(255)]);
    expect(await listOf(long(56))).toBe('LIMIT');
  });

  it('that are no UTF-8 keep each byte', async () => {
    const latin1 = entry('NM', [0, 0x67, 0x72, 0xf6, 0xdf, 0x65]);
    expect(await pathsOf(new CraftedIso(24).root(file('A', latin1)))).toEqual(['größe']);
  });
});

describe('extents', () => {
  const of = (sector: number, size: number, flags = 0) =>
    new CraftedIso(24).root(record({ identifier: 'A', sector, size, flags }));

  it('that end with the image are sound', async () => {
    expect(await listOf(of(23, 2048))).toHaveLength(1);
    expect(await listOf(of(18, 6 * 2048))).toHaveLength(1);
  });

  it('that reach beyond it', async () => {
    for (const [sector, size] of [
      [23, 2049],
      [24, 1],
      [0, 24 * 2048 + 1],
      [0xffffffff, 1],
      [0, 0xffffffff],
    ] as const) {
      expect(await listOf(of(sector, size))).toBe('TRUNCATED');
      expect(await listOf(of(sector, size, directory))).toBe('TRUNCATED');
    }
  });

  it('that make a file larger than the image out of one place', async () => {
    const part = record({ identifier: 'A', sector: 0, size: 13 * 2048, flags: continues });
    const last = record({ identifier: 'A', sector: 0, size: 10 * 2048 });
    expect(await listOf(new CraftedIso(24).root(part, last))).toMatchObject([
      { size: 23 * 2048, extents: { length: 2 } },
    ]);
    expect(await listOf(new CraftedIso(24).root(part, part, last))).toBe('TRUNCATED');
  });

  it('whose last part is missing', async () => {
    const part = record({ identifier: 'A', sector: 20, size: 2048, flags: continues });
    expect(await listOf(new CraftedIso(24).root(part))).toBe('RECORD');
    expect(await listOf(new CraftedIso(24).root(part, file('B')))).toBe('RECORD');
  });

  it('of forks are left out', async () => {
    const fork = record({ identifier: 'A', sector: 20, size: 2048, flags: associated });
    expect(await listOf(new CraftedIso(24).root(fork, file('A')))).toMatchObject([{ size: 10 }]);
  });

  it('begin after the sectors of their attributes', async () => {
    const attributed = file('A');
    attributed[1] = 2;
    expect(await listOf(new CraftedIso(24).root(attributed))).toMatchObject([{ extents: [{ sector: 22, size: 10 }] }]);
    attributed[1] = 4;
    expect(await listOf(new CraftedIso(24).root(attributed))).toBe('TRUNCATED');
  });

  it('that are interleaved', async () => {
    const interleaved = file('A');
    interleaved[26] = 1;
    expect(await listOf(new CraftedIso(24).root(interleaved))).toBe('UNSUPPORTED');
  });
});

describe('directory records', () => {
  const withBytes = (...changes: [at: number, value: number][]) => {
    const bytes = file('ABC');
    for (const [at, value] of changes) bytes[at] = value;
    return new CraftedIso(24).root(bytes);
  };

  it('that are too short or too long', async () => {
    expect(await listOf(withBytes([0, 33]))).toBe('RECORD');
    expect(await listOf(withBytes([0, 1]))).toBe('RECORD');
    expect(await listOf(withBytes([32, 0]))).toBe('RECORD');
    expect(await listOf(withBytes([32, 4]))).toBe('RECORD');
  });

  it('that go on in the next sector', async () => {
    const image = new CraftedIso(24).root(folder('D', 19, 4096));
    const records = Array.from({ length: 60 }, (_, index) => file(`F${index}`.padEnd(13, 'X')));
    image.directory(19, []);
    const first = 19 * 2048 + 2 * 34;
    image.bytes.set(Buffer.concat(records), first);
    expect(await listOf(image)).toBe('RECORD');
    // The same records are sound where none of them crosses.
    const inFirst = Math.floor((2048 - 2 * 34) / file('F'.repeat(13)).length);
    image.bytes.fill(0, first, 21 * 2048);
    image.bytes.set(Buffer.concat(records.slice(0, inFirst)), first);
    image.bytes.set(Buffer.concat(records.slice(inFirst)), 20 * 2048);
    expect(await listOf(image)).toHaveLength(61);
  });

  it('after zeros begin with the next sector', async () => {
    const image = new CraftedIso(24).root(folder('D', 19, 4096));
    image.directory(19, [], file('FIRST'));
    image.put(20, file('SECOND'));
    expect(await pathsOf(image)).toEqual(['D', 'D/FIRST', 'D/SECOND']);
  });
});

describe('folders in a circle', () => {
  it('through themselves, their parent, or the root', async () => {
    expect(await listOf(new CraftedIso(24).root(folder('ROOT', 18)))).toBe('LOOP');
    const image = new CraftedIso(24).root(folder('A', 19));
    image.directory(19, [], folder('B', 20));
    image.directory(20, [], folder('AGAIN', 19));
    expect(await listOf(image)).toBe('LOOP');
  });

  it('through a moved folder', async () => {
    const image = new CraftedIso(24).root(record({ identifier: 'A', use: [cl(19)] }));
    image.directory(19, [px(0o040755)], record({ identifier: 'B', use: [cl(19)] }));
    expect(await listOf(image)).toBe('LOOP');
  });

  it('or met twice without one: it would double at every level', async () => {
    const image = new CraftedIso(24).root(folder('A', 19), folder('B', 19));
    expect(await listOf(image)).toBe('LOOP');
  });

  it('do not keep a path from being looked up', async () => {
    const image = await openIso(inMemory(new CraftedIso(24).root(folder('R', 18), file('A')).bytes));
    expect(await image.stat('R/R/R/R/A')).toMatchObject({ path: 'R/R/R/R/A' });
  });
});

describe('moved folders', () => {
  it('that are no folder', async () => {
    expect(await listOf(new CraftedIso(24).root(record({ identifier: 'A', use: [cl(20)] })))).toBe('RECORD');
    expect(await listOf(new CraftedIso(24).root(record({ identifier: 'A', use: [cl(99)] })))).toBe('TRUNCATED');
  });

  it('are shown where they were, and not where they are', async () => {
    const place = record({ identifier: 'A', use: [nm('deep'), cl(20)] });
    const image = new CraftedIso(24).root(folder('RR_MOVED', 19), place);
    image.directory(
      19,
      [],
      record({ identifier: 'A', sector: 20, size: 2048, flags: directory, use: [entry('RE', [])] }),
    );
    image.directory(20, [px(0o040511)], file('F'));
    expect(await listOf(image)).toMatchObject([
      { path: 'RR_MOVED' },
      { path: 'deep', mode: 0o511, type: 'directory' },
      { path: 'deep/F' },
    ]);
  });
});

describe('continuation areas', () => {
  const ofFile = (...use: Uint8Array[]) => new CraftedIso(24).root(record({ identifier: 'A', use }));

  it('that lead to themselves', async () => {
    expect(await listOf(ofFile(ce(21, 0, 28)).put(21, ce(21, 0, 28)))).toBe('LOOP');
    const two = ofFile(ce(21, 0, 28))
      .put(21, ce(22, 0, 28))
      .put(22, ce(21, 0, 28));
    expect(await listOf(two)).toBe('LOOP');
  });

  it('outside the image', async () => {
    for (const area of [ce(24, 0, 28), ce(23, 2047, 2), ce(23, 0xffffffff, 28), ce(0xffffffff, 0, 28)]) {
      expect(await listOf(ofFile(area))).toBe('TRUNCATED');
    }
    expect(await listOf(ofFile(ce(0, 0, 0xffffffff)))).toBe('RECORD');
  });

  it('without end', async () => {
    const image = new CraftedIso(24);
    const chain = Buffer.concat(Array.from({ length: 70 }, (_, index) => ce(21, 28 * (index + 1), 28)));
    image.put(21, chain).root(record({ identifier: 'A', use: [ce(21, 0, 28)] }));
    expect(await listOf(image)).toBe('LIMIT');
    expect(await listOf(image, { continuations: 71 })).toHaveLength(1);
  });

  it('that end with the image are sound', async () => {
    const image = ofFile(ce(23, 2040, 8));
    image.bytes.set(nm('abc'), 24 * 2048 - 8);
    expect(await pathsOf(image)).toEqual(['abc']);
  });
});

describe('system use entries', () => {
  const named = (...use: Uint8Array[]) => listOf(new CraftedIso(24).root(file('A', ...use)));

  it('that do not fit', async () => {
    expect(await named(Buffer.from('NM\x40\x01\x00'))).toBe('RECORD');
    expect(await named(Buffer.from('NM\x03\x01\x00'))).toBe('RECORD');
    expect(await named(Buffer.from('NM\x00\x01\x00'))).toBe('RECORD');
    expect(await named(Buffer.from('XX\x03\x01'))).toBe('RECORD');
    expect(await named(entry('PX', [0, 0, 0, 0]))).toBe('RECORD');
    expect(await named(entry('CL', [0]))).toBe('RECORD');
    expect(await named(entry('CE', [0]))).toBe('RECORD');
    expect(await named(entry('NM', []))).toBe('RECORD');
    expect(await named(entry('TF', [2]))).toBe('RECORD');
    expect(await named(entry('TF', [0x82, 1, 2, 3, 4, 5, 6, 7]))).toBe('RECORD');
    expect(await named(px(0o120777), entry('SL', [0, 0, 9]))).toBe('RECORD');
    expect(await named(px(0o120777), entry('SL', [0, 0, 9, 0x61]))).toBe('RECORD');
  });

  it('after ST, zeros or a few bytes are not looked at', async () => {
    const bad = Buffer.from('NM\x40\x01');
    expect(await named(entry('ST', []), bad)).toHaveLength(1);
    expect(await named(Buffer.alloc(4), bad)).toHaveLength(1);
    expect(await named(Buffer.from('abc'))).toHaveLength(1);
  });

  it('with an unknown signature are passed over', async () => {
    expect(await named(entry('ZF', [1, 2, 3]), nm('name'))).toMatchObject([{ path: 'name' }]);
  });
});

describe('links', () => {
  const link = async (...use: Uint8Array[]) => {
    const entries = await listOf(new CraftedIso(24).root(record({ identifier: 'L', use: [px(0o120777), ...use] })));
    return typeof entries === 'string' ? entries : entries[0]?.target;
  };

  it('are made of components', async () => {
    expect(await link(sl(0, [0, 'a'], [0, 'b']))).toBe('a/b');
    expect(await link(sl(0, [8, ''], [0, 'a']))).toBe('/a');
    expect(await link(sl(0, [4, ''], [2, ''], [0, 'a']))).toBe('.././a');
    expect(await link(sl(0, [1, 'a'], [0, 'b'], [0, 'c']))).toBe('ab/c');
    expect(await link(sl(1, [1, 'a']), sl(0, [0, 'b']))).toBe('ab');
    expect(await link(sl(1, [0, 'a']), sl(0, [0, 'b']))).toBe('a/b');
    expect(await link(sl(0, [0, 'a']), sl(0, [0, 'b']))).toBe('a');
    expect(await link(sl(0, [8, '']))).toBe('/');
  });

  it('without a target, or with one that no system takes', async () => {
    expect(await link()).toBe('RECORD');
    expect(await link(sl(0))).toBe('RECORD');
    expect(await link(sl(0, [0, 'a\0b']))).toBe('RECORD');
    const use = Array.from({ length: 20 }, () => sl(1, [0, 'c'.repeat(204)]));
    const image = new CraftedIso(30).root(record({ identifier: 'L', use: [px(0o120777), ce(21, 0, 20 * 211)] }));
    image.put(21, Buffer.concat(use));
    expect(await listOf(image)).toBe('LIMIT');
    const target = Array.from({ length: 20 }, () => 'c'.repeat(204)).join('/');
    expect(await listOf(image, { targetBytes: 5000 })).toMatchObject([{ target }]);
  });

  it('and other files by their mode', async () => {
    const typeOf = async (mode: number) => {
      const entries = await listOf(new CraftedIso(24).root(file('A', px(mode))));
      return typeof entries === 'string' ? entries : entries[0]?.type;
    };
    expect(await typeOf(0o100644)).toBe('file');
    expect(await typeOf(0o020644)).toBe('special');
    expect(await typeOf(0o040755)).toBe('RECORD');
  });
});

describe('more than a sound image has', () => {
  it('entries', async () => {
    const image = new CraftedIso(24).root(file('A'), file('B'), file('C'));
    expect(await listOf(image, { entries: 3 })).toHaveLength(3);
    expect(await listOf(image, { entries: 2 })).toBe('LIMIT');
  });

  it('folders below each other', async () => {
    const image = new CraftedIso(300).root(folder('A', 19));
    for (let sector = 19; sector < 299; sector += 1) image.directory(sector, [], folder('A', sector + 1));
    image.directory(299, []);
    expect(await listOf(image)).toBe('LIMIT');
    expect(await listOf(image, { depth: 1000 })).toHaveLength(281);
  });

  it('bytes of directories: folders that overlap, full of nothing', async () => {
    const sectors = 200;
    const image = new CraftedIso(sectors);
    // Each begins elsewhere, so none is met twice, and is nearly as large as the image.
    image.root(...Array.from({ length: 30 }, (_, index) => folder(`D${index}`, 20 + index, (sectors - 60) * 2048)));
    expect(await listOf(image)).toBe('LIMIT');
  });

  it('volume descriptors', async () => {
    const image = new CraftedIso(24);
    const many = Buffer.alloc(100 * 2048);
    for (let at = 0; at < many.length; at += 2048) image.bytes.copy(many, at, 16 * 2048, 17 * 2048);
    expect(await listOf(inMemory(Buffer.concat([image.bytes.subarray(0, 16 * 2048), many])))).toBe('LIMIT');
  });
});

describe('what is no image, or no whole one', () => {
  it('nothing, text, zeros', async () => {
    for (const size of [0, 1, 2048, 32_768, 34_815, 34_816, 100_000]) {
      expect(await listOf(inMemory(new Uint8Array(size)))).toBe('NONE');
      expect(await listOf(inMemory(new Uint8Array(size).fill(65)))).toBe('NONE');
    }
  });

  it('other block sizes', async () => {
    const image = new CraftedIso(24);
    image.bytes.writeUInt16LE(512, 16 * 2048 + 128);
    expect(await listOf(image)).toBe('UNSUPPORTED');
  });

  it('cut short before the root', async () => {
    expect(await listOf(inMemory(new CraftedIso(24).bytes.subarray(0, 18 * 2048 + 100)))).toBe('TRUNCATED');
  });

  it('a source that fails, ends early, or lies about what it read', async () => {
    const { bytes } = new CraftedIso(24);
    const source = (read: RandomAccess['read']) => listOf({ size: bytes.length, read });
    const cause = new Error('cable pulled');
    expect(await source(() => Promise.reject(cause))).toBe('READ');
    expect(await source(() => 0)).toBe('READ');
    expect(await source((buffer) => buffer.length + 1)).toBe('READ');
    expect(await source(() => Number.NaN)).toBe('READ');
    expect(await source(() => -1)).toBe('READ');
  });

  it('a source that gives a little at a time is read on', async () => {
    const whole = inMemory(new CraftedIso(24).root(file('A')).bytes);
    const read: RandomAccess['read'] = (buffer, position) => whole.read(buffer.subarray(0, 700), position);
    expect(await listOf({ size: whole.size, read })).toHaveLength(1);
  });

  it('closes the source where opening fails', async () => {
    let closed = 0;
    const source = { ...inMemory(new Uint8Array(100_000)), close: () => void (closed += 1) };
    expect(await listOf(source)).toBe('NONE');
    expect(closed).toBe(1);
  });

  it('a path that cannot be opened', async () => {
    await expect(openIso('/no/such.iso')).rejects.toMatchObject({ code: 'INGOT_ISO_OPEN', path: '/no/such.iso' });
    await expect(openIso('/')).rejects.toMatchObject({ code: 'INGOT_ISO_OPEN', path: '/' });
  });
});

describe('stat', () => {
  it('reads only the folders on the way', async () => {
    const image = new CraftedIso(60).root(folder('A', 19), folder('B', 40));
    image.directory(19, [], folder('C', 21));
    image.directory(21, [], file('F'));
    const sectors = new Set<number>();
    const whole = inMemory(image.bytes);
    const read: RandomAccess['read'] = (buffer, position) => {
      for (let at = position; at < position + buffer.length; at += 2048) sectors.add(Math.floor(at / 2048));
      return whole.read(buffer, position);
    };
    const iso = await openIso({ size: whole.size, read });
    sectors.clear();
    expect(await iso.stat('A/C/F')).toMatchObject({ size: 10 });
    expect([...sectors]).toEqual([18, 19, 21]);
  });
});
