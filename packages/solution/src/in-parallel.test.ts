import { setImmediate } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { inParallel } from './in-parallel.ts';

describe('inParallel', () => {
  it('answers in order, never doing more than the limit at a time, each once', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    const results = await inParallel(
      [5, 1, 4, 2, 3],
      async (item, index) => {
        most = Math.max(most, ++running);
        for (let turn = 0; turn < item; turn++) await setImmediate();
        running--;
        done.push(item);
        return `${index}:${item}`;
      },
      2,
    );
    expect(results).toEqual(['0:5', '1:1', '2:4', '3:2', '4:3']);
    expect(most).toBe(2);
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5]);
  });

  it('answers nothing to nothing, and throws what the work throws', async () => {
    expect(await inParallel([], () => Promise.reject(new Error('never')))).toEqual([]);
    await expect(inParallel([1, 2], (item) => Promise.reject(new Error(`no ${item}`)))).rejects.toThrow('no 1');
  });
});
