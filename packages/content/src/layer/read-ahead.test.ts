import { describe, expect, it } from 'vitest';
import { readAhead } from './read-ahead.ts';
import type { Task } from './read-ahead.ts';

/** Tasks that say when they start; the first is the slowest. */
function tasks(costs: readonly number[], started: number[]): Task<number>[] {
  return costs.map((cost, index) => ({
    cost,
    start: async () => {
      started.push(index);
      for (let turn = index; turn < costs.length; turn++) await Promise.resolve();
      return index;
    },
  }));
}

async function startedAtFirst(costs: readonly number[], bounds: { tasks: number; bytes: number }): Promise<number> {
  const started: number[] = [];
  const results = readAhead(tasks(costs, started), bounds);
  await results.next();
  await results.return();
  return started.length;
}

describe('readAhead', () => {
  it('keeps the order', async () => {
    const results = await Array.fromAsync(readAhead(tasks([1, 1, 1, 1, 1], []), { tasks: 3, bytes: 100 }));
    expect(results).toEqual([0, 1, 2, 3, 4]);
  });

  it('starts as many as it may, by number and by bytes, and at least one', async () => {
    const costs = Array.from({ length: 10 }, () => 10);
    expect(await startedAtFirst(costs, { tasks: 4, bytes: 1000 })).toBe(4);
    expect(await startedAtFirst(costs, { tasks: 100, bytes: 25 })).toBe(3);
    expect(await startedAtFirst(costs, { tasks: 100, bytes: 1 })).toBe(1);
    expect(await startedAtFirst([10], { tasks: 100, bytes: 1000 })).toBe(1);
  });

  it('throws an error in its turn, and no later one besides', async () => {
    const failing = [1, 2, 3].map((n) => ({ cost: 1, start: () => Promise.reject(new Error(`task ${n}`)) }));
    const first: Task<string> = { cost: 1, start: async () => 'fine' };
    const results = readAhead([first, ...failing], { tasks: 4, bytes: 100 });
    expect((await results.next()).value).toBe('fine');
    await expect(results.next()).rejects.toThrow('task 1');
    // Node looks for unhandled rejections when the microtasks are done.
    await new Promise(setImmediate);
  });
});
