import { afterEach, expect, it } from 'vitest';

import { interruption } from './interruption.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const before = new Map(signals.map((signal) => [signal, process.rawListeners(signal)]));
const added = () =>
  signals.flatMap((signal) => process.rawListeners(signal).filter((each) => !before.get(signal)!.includes(each)));
afterEach(() => expect(added()).toEqual([]));

it('listens while a pack runs, and leaves Ctrl-C to the process after the last one', () => {
  const first = interruption();
  const second = interruption();
  expect(added()).toHaveLength(3);
  first.end();
  expect(added()).toHaveLength(3);
  second.end();
  expect(added()).toEqual([]);
  expect(second.signal.aborted).toBe(false);
});

it('stops all packs, those that begin later as well', () => {
  const first = interruption();
  const [hear] = added() as ((signal: string) => void)[];
  hear!('SIGINT');
  expect(first.signal.reason).toMatchObject({ code: 'INGOT_INTERRUPTED', message: 'stopped by SIGINT' });
  first.end();
  const later = interruption();
  expect(later.signal.aborted).toBe(true);
  later.end();
});
