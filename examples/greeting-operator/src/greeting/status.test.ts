import { describe, expect, it } from 'vitest';
import type { Greeting, GreetingStatus } from './greeting.ts';
import { newStatus } from './status.ts';

const now = () => new Date('2024-05-06T07:08:09.123Z');
const other = {
  type: 'Seen',
  status: 'True',
  reason: 'A',
  message: '',
  lastTransitionTime: '2024-01-01T00:00:00Z',
} as const;
const serving = { ready: true, reason: 'Serving', message: '1 of 1', image: 'r/a:1', readyReplicas: 1 };

function greeting(status?: GreetingStatus, generation = 1): Greeting {
  const metadata = { name: 'a', generation };
  return { apiVersion: '', kind: '', metadata, spec: { text: 'x', replicas: 1 }, ...(status && { status }) };
}

const written = newStatus(greeting(), serving, now)!;

describe('newStatus', () => {
  it('says how it is', () => {
    const { reason, message } = serving;
    const lastTransitionTime = '2024-05-06T07:08:09Z';
    expect(written).toEqual({
      observedGeneration: 1,
      image: 'r/a:1',
      readyReplicas: 1,
      conditions: [{ type: 'Ready', status: 'True', reason, message, lastTransitionTime, observedGeneration: 1 }],
    });
  });

  it('is none where nothing is new, in whatever order it comes back', () => {
    const backwards = <T extends object>(value: T) => Object.fromEntries(Object.entries(value).reverse()) as T;
    const back = { ...backwards(written), conditions: [backwards(written.conditions![0]!)] };
    expect(newStatus(greeting(back), serving, () => new Date())).toBeUndefined();
  });

  it('keeps the time while Ready is the same, and the conditions of others', () => {
    const before = { ...written, conditions: [...written.conditions!, other] };
    const later = () => new Date('2025-01-01T00:00:00Z');
    const [first, ready] = newStatus(greeting(before, 2), { ...serving, message: '2 of 2' }, later)!.conditions!;
    expect(first).toEqual(other);
    expect(ready).toMatchObject({
      message: '2 of 2',
      lastTransitionTime: '2024-05-06T07:08:09Z',
      observedGeneration: 2,
    });
    const stopped = newStatus(greeting(before), { ...serving, ready: false }, later)!.conditions![1];
    expect(stopped).toMatchObject({ status: 'False', lastTransitionTime: '2025-01-01T00:00:00Z' });
  });

  it('keeps what it cannot see', () => {
    const status = newStatus(greeting(written), { ready: false, reason: 'ImageNotAvailable', message: '' }, now);
    expect(status).toMatchObject({ image: 'r/a:1', readyReplicas: 1 });
  });
});
