import { describe, expect, it } from 'vitest';
import { isMet, table } from './row.ts';

describe('a measurement', () => {
  const row = { what: 'x', seconds: 1, ratio: 1.2, rssMiB: 150 };

  it.each([
    [undefined, undefined],
    [1.2, true],
    ['1.1', false],
    ['≤ 1.2', true],
    ['< 1.2', false],
    ['≥ 8', false],
    ['>= 1.2 ×', true],
    ['< 200 MiB', true],
    ['≤ 100 MiB', false],
  ])('with the bound %s is met: %s', (bound, met) => {
    expect(isMet({ ...row, ...(bound === undefined ? {} : { bound }) })).toBe(met);
  });

  it('with a bound that cannot be checked is an error', () => {
    expect(() => isMet({ ...row, bound: 'fast' })).toThrow('cannot be checked');
    expect(() => isMet({ what: 'x', seconds: 1, bound: '≤ 2' })).toThrow('cannot be checked');
  });

  it('is a line of a table, and says where a bound was missed', () => {
    const lines = table([
      { ...row, against: 'cat', bound: '≤ 1.1' },
      { what: 'y', seconds: 12.34 },
    ]).split('\n');
    expect(lines[2]).toBe('| x | 1.00 | 1.20 | cat | ≤ 1.1 **missed** | 150 |');
    expect(lines[3]).toBe('| y | 12.3 |  |  |  |  |');
  });
});
