import type { Condition, Greeting, GreetingStatus } from './greeting.ts';

/** How a Greeting is. */
export interface Observed {
  readonly ready: boolean;
  /** One word in CamelCase. */
  readonly reason: string;
  readonly message: string;
  readonly image?: string | undefined;
  readonly readyReplicas?: number;
}

/**
 * The status that says so, out of the one there is: a time of transition changes with `Ready` only, and conditions of others
 * stay. Undefined where nothing is new, for a status that is written each time is a change that is watched.
 */
export function newStatus(greeting: Greeting, observed: Observed, now: () => Date): GreetingStatus | undefined {
  const before = greeting.status ?? {};
  const { generation } = greeting.metadata;
  const last = before.conditions?.find(({ type }) => type === 'Ready');
  const status = observed.ready ? 'True' : 'False';
  const ready: Condition = {
    type: 'Ready',
    status,
    reason: observed.reason,
    message: observed.message,
    lastTransitionTime: last?.status === status ? last.lastTransitionTime : `${now().toISOString().slice(0, 19)}Z`,
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  };
  const image = observed.image ?? before.image;
  const after: GreetingStatus = {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    ...(image === undefined ? {} : { image }),
    readyReplicas: observed.readyReplicas ?? before.readyReplicas ?? 0,
    conditions: [...(before.conditions ?? []).filter(({ type }) => type !== 'Ready'), ready],
  };
  return same(before, after) ? undefined : after;
}

function same(before: GreetingStatus, after: GreetingStatus): boolean {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(sorted)
      : typeof value === 'object' && value !== null
        ? Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, sorted(inner)])
        : value;
  return JSON.stringify(sorted(before)) === JSON.stringify(sorted(after));
}
