import { describe, expect, it } from 'vitest';
import { reconcileQueue, type Queue } from './queue.ts';

const backoff = { first: 1, most: 2 };
const tick = () => new Promise((resolve) => setImmediate(resolve));

function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}

describe('reconcileQueue', () => {
  it('looks once at what was added many times, one key after the other', async () => {
    const seen: string[] = [];
    let atOnce = 0;
    const reconcile = async (key: string) => {
      expect(++atOnce).toBe(1);
      seen.push(key);
      await tick();
      atOnce--;
    };
    const queue = reconcileQueue({ reconcile, onError: expect.unreachable, backoff });
    for (const key of ['a', 'b', 'a', 'a']) queue.add(key);
    while (seen.length < 2 || atOnce > 0) await tick();
    await queue.close();
    expect(seen).toEqual(['a', 'b']);
  });

  it('looks again at what changed while it looked', async () => {
    const [first, seen] = [gate(), [] as string[]];
    const queue = reconcileQueue({
      reconcile: async (key) => {
        seen.push(key);
        if (seen.length === 1) await first.opened;
      },
      onError: expect.unreachable,
      backoff,
    });
    queue.add('a');
    await tick();
    queue.add('a');
    first.open();
    while (seen.length < 2) await tick();
    await queue.close();
    expect(seen).toEqual(['a', 'a']);
  });

  it('tries what failed until it succeeds', async () => {
    const errors: string[] = [];
    const done = gate();
    let tries = 0;
    const queue: Queue = reconcileQueue({
      reconcile: async () => {
        if (++tries < 4) throw new Error(`no ${tries}`);
        done.open();
      },
      onError: (key, error) => errors.push(`${key}: ${(error as Error).message}`),
      backoff,
    });
    queue.add('a');
    await done.opened;
    await queue.close();
    expect(errors).toEqual(['a: no 1', 'a: no 2', 'a: no 3']);
  });

  it('finishes what it is at when it is closed, and begins nothing more', async () => {
    const [work, seen] = [gate(), [] as string[]];
    const reconcile = async (key: string) => {
      await work.opened;
      seen.push(key);
    };
    const queue = reconcileQueue({ reconcile, onError: expect.unreachable, backoff });
    queue.add('a');
    queue.add('b');
    await tick();
    const closed = queue.close();
    queue.add('c');
    work.open();
    await closed;
    await tick();
    expect(seen).toEqual(['a']);
  });
});
