import { execFileSync } from 'node:child_process';
import type { LayerEntry } from '@ingot/content';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { referee } from '../../../../../../tools/referee.ts';
import { build, compare, randomTree } from './test/built.ts';

describe('makeExt4, at length', () => {
  it('holds random trees', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, async (entries) => compare(await build(entries))),
      { seed: 11, numRuns: 200 },
    );
  }, 600_000);

  it('fits many small files, long names and deep folders without another try', async () => {
    const own = { mode: 0o644, uid: 0, gid: 0 };
    const file = (path: string, size = 1): LayerEntry => ({
      type: 'file',
      path,
      ...own,
      size,
      content: Buffer.alloc(size, 1),
    });
    const shapes = [
      Array.from({ length: 3000 }, (_, i) => file(`many/${i}`)),
      Array.from({ length: 1500 }, (_, i) => file(`${'n'.repeat(250)}${i}`)),
      Array.from({ length: 1000 }, (_, i) => file(`${i}/file`)),
      [file('large', 100_000_000)],
      Array.from({ length: 3000 }, (_, i) => ({
        ...file(`attributes/${i}`),
        xattrs: { 'user.a': Buffer.alloc(200, i) },
      })),
    ];
    for (const shape of shapes) {
      const { image } = await build(shape, 1_000_000);
      execFileSync(referee('e2fsck'), ['-fn', image], { stdio: 'pipe' });
    }
  }, 600_000);
});
