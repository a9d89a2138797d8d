import { describe, expect, it } from 'vitest';
import { pauseAfter } from './backoff.ts';

describe('pauseAfter', () => {
  it('doubles up to its limit', () => {
    const pauses = [1, 2, 3, 4, 5, 1000].map((failures) => pauseAfter(failures, { first: 100, most: 1000 }, () => 0));
    expect(pauses).toEqual([100, 200, 400, 800, 1000, 1000]);
  });

  it('takes off up to a half', () => {
    expect(pauseAfter(2, { first: 100, most: 1000 }, () => 0.5)).toBe(150);
    expect(pauseAfter(2, { first: 100, most: 1000 }, () => 1)).toBe(100);
  });
});
