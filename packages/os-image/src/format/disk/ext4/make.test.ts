import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LayerEntry } from '@ingot/content';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diskEntries } from '../test/disk-input.ts';
import { Ext4Full } from './make.ts';
import { Ext4 } from './read.ts';
import { build, compare, debugfs, namesOf, offset, randomTree } from './test/built.ts';

describe('makeExt4', () => {
  it('holds one of everything, as the tar has it', async () => {
    const built = await build(diskEntries, 5_000_000);
    await compare(built);
    const names = await namesOf(built);
    expect(names.get('usr/bin/ping')?.inode).toBe(names.get('usr/bin/ping6')?.inode);
    const root = debugfs(built.image, 'stat <2>', 'stat <11>');
    expect(root.match(/Mode: +0755/g)).toHaveLength(1);
    expect(root.match(/ atime: 0x6955b900:00000000 /g)).toHaveLength(2);
  });

  it('holds random trees', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, async (entries) => compare(await build(entries))),
      { seed: 7, numRuns: 6 },
    );
  });

  it('fits many names, long ones and attributes without another try', async () => {
    const own = { type: 'file', mode: 0o644, uid: 0, gid: 0, size: 0, content: Buffer.alloc(0) } as const;
    await build([
      ...Array.from({ length: 300 }, (_, i) => ({ ...own, path: `${'n'.repeat(250)}${i}` })),
      ...Array.from({ length: 1300 }, (_, i) => ({ ...own, path: `${i}`, xattrs: { 'user.a': Buffer.alloc(200, i) } })),
    ]);
  });

  it('says where there is no room, and writes no byte outside of its place', async () => {
    const entries: LayerEntry[] = [
      {
        type: 'file',
        path: 'large',
        mode: 0o644,
        uid: 0,
        gid: 0,
        size: 9_000_000,
        content: Buffer.alloc(9_000_000, 1),
      },
    ];
    await expect(build(entries, 0, 8 * 2 ** 20)).rejects.toThrow(Ext4Full);
    const { place, size } = await build(entries);
    const bytes = readFileSync(join(place, 'disk'));
    expect(bytes.length).toBe(offset + size + 2 ** 20);
    expect(bytes.subarray(0, offset).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(offset + size).every((byte) => byte === 0)).toBe(true);
  });
});

describe('Ext4', () => {
  it('reads nothing out of broken bytes but errors of its own', async () => {
    const { place, size } = await build(diskEntries);
    const good = readFileSync(join(place, 'disk')).subarray(offset, offset + size);
    const used: number[] = [];
    for (let i = 1024; i < good.length; i++) if (good[i] !== 0) used.push(i);
    const read = async () => {
      const ext4 = await Ext4.open(async (position, length) => good.subarray(position, position + length));
      for await (const name of ext4.names()) void name;
    };
    const hit = fc.tuple(fc.nat({ max: used.length - 1 }), fc.nat({ max: 255 }));
    await fc.assert(
      fc.asyncProperty(fc.array(hit, { maxLength: 30 }), async (hits) => {
        const before = hits.map(([i]) => [used[i]!, good[used[i]!]!] as const);
        for (const [i, value] of hits) good[used[i]!] = value;
        // Sums are there for accidents only: whoever wants to harm us would make them anew.
        const features = good.readUInt32LE(1024 + 0x64);
        good.writeUInt32LE(0, 1024 + 0x64);
        await read().catch((error: unknown) => expect(error).toMatchObject({ code: 'INGOT_EXT4' }));
        good.writeUInt32LE(features, 1024 + 0x64);
        for (const [i, value] of before.reverse()) good[i] = value;
      }),
      { seed: 3, numRuns: 300 },
    );
    await read();
  });
});
