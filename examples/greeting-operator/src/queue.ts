import { pauseAfter, type BackoffLimits } from './backoff.ts';

export interface QueueOptions {
  /** Brings what the key names into the state that is wanted, whatever has happened to it. */
  readonly reconcile: (key: string) => Promise<void>;
  readonly onError: (key: string, error: unknown) => void;
  readonly backoff: BackoffLimits;
}

export interface Queue {
  /** The key is worth a look. Many calls before it is looked at are one. */
  add(key: string): void;
  /** Takes no more, and resolves once the one at work is done. */
  close(): Promise<void>;
}

/** A level-triggered queue: one key at a time, each until it succeeds. What comes in for the key at work is looked at again after it. */
export function reconcileQueue({ reconcile, onError, backoff }: QueueOptions): Queue {
  const waiting = new Set<string>();
  const failed = new Map<string, { readonly failures: number; readonly timer: NodeJS.Timeout }>();
  let working: Promise<void> | undefined;
  let closed = false;

  const add = (key: string) => {
    if (closed) return;
    waiting.add(key);
    working ??= work();
  };

  const work = async () => {
    // What adds several keys at once adds them before the first is looked at.
    await Promise.resolve();
    for (const key of waiting) {
      if (closed) break;
      waiting.delete(key);
      const failures = failed.get(key)?.failures ?? 0;
      clearTimeout(failed.get(key)?.timer);
      try {
        await reconcile(key);
        failed.delete(key);
      } catch (error) {
        onError(key, error);
        const timer = setTimeout(() => add(key), pauseAfter(failures + 1, backoff));
        failed.set(key, { failures: failures + 1, timer });
      }
    }
    working = undefined;
  };

  return {
    add,
    async close() {
      closed = true;
      await working;
      for (const { timer } of failed.values()) clearTimeout(timer);
    },
  };
}
