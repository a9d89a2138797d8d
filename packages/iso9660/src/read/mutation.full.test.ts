import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './test/foreign-iso.ts';
import { foreignBases, ownBase } from './test/mutation-bases.ts';
import { judgeMutants } from './test/mutation-run.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('the reader', () => {
  it(
    'survives 1,000,000 mutated images',
    async () => {
      const bases = [...foreignBases(folder.path), await ownBase()];
      const outcome = await judgeMutants(bases, 1_000_000, 1_000_000, 2);
      expect(outcome.faults).toEqual([]);
      expect(outcome.images).toBe(1_000_000);
      expect(outcome.unharmed).toBeGreaterThan(100_000);
      expect(outcome.entries).toBeGreaterThan(10_000_000);
    },
    20 * 60_000,
  );
});
