import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './test/foreign-iso.ts';
import { foreignBases, ownBase } from './test/mutation-bases.ts';
import { judgeMutants } from './test/mutation-run.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('the reader', () => {
  it('survives 3,000 mutated images', async () => {
    const outcome = await judgeMutants([...foreignBases(folder.path), await ownBase()], 1, 3_000, 1);
    expect(outcome.faults).toEqual([]);
    expect(outcome.images).toBe(3_000);
    // Mutations that miss, or stop everything at the first sector, would prove little.
    expect(outcome.unharmed).toBeGreaterThan(300);
    expect(outcome.unharmed).toBeLessThan(2700);
    expect(outcome.entries).toBeGreaterThan(100_000);
    const seen = ['LOOP', 'NAME', 'NONE', 'RECORD', 'TRUNCATED', 'UNSUPPORTED'];
    expect(Object.keys(outcome.codes)).toEqual(expect.arrayContaining(seen.map((code) => `INGOT_ISO_${code}`)));
  });
});
