import { setTimeout as sleep } from 'node:timers/promises';
import pRetry from 'p-retry';
import { RegistryError } from '../error.ts';
import { header } from './answer.ts';
import { TransientError } from './transient.ts';
import type { Answer } from './answer.ts';

/** How failures that may pass are tried again. */
export interface Retrying {
  readonly attempts: number;
  readonly wait: (milliseconds: number) => Promise<void>;
  readonly signal: AbortSignal | undefined;
  /** Is told of failures that cost the user time. */
  readonly tell: (text: string) => void;
}

/** Milliseconds. Who is asked to wait longer than the last fails, and says so. */
const first = 500;
const longest = 30_000;
const longestAsked = 120_000;
/** Nobody waits longer than this without a word. Milliseconds. */
const unnoticed = 2000;

/** What is not said in the options. */
export const standardAttempts = 5;

/** Milliseconds that pass, or end with the signal's reason. */
export function waiting(signal: AbortSignal | undefined) {
  return async (milliseconds: number): Promise<void> => {
    try {
      await sleep(milliseconds, undefined, signal === undefined ? {} : { signal });
    } catch {
      signal?.throwIfAborted();
    }
  };
}

/**
 * Does `work` until it succeeds, or fails for good, or as often as is allowed: with a growing, random pause between, or
 * the one that the registry asked for. `progressed` says that the attempt, though it failed, is not to be counted.
 */
export function retry<T>(work: () => Promise<T>, how: Retrying, progressed: () => boolean = () => false): Promise<T> {
  let failures = 0;
  return pRetry(work, {
    retries: how.attempts - 1,
    minTimeout: 0,
    ...(how.signal === undefined ? {} : { signal: how.signal }),
    shouldConsumeRetry: () => !progressed(),
    shouldRetry: ({ error }) => error instanceof TransientError,
    onFailedAttempt: async ({ error, retriesLeft }) => {
      if (!(error instanceof TransientError) || retriesLeft <= 0) return;
      failures += 1;
      await pauseAfter(error, failures, how);
    },
  });
}

/** Waits as long as the registry asked for, or the longer the more attempts have failed. */
export async function pauseAfter(error: TransientError, failures: number, how: Retrying): Promise<void> {
  const { wait, signal, tell } = how;
  const milliseconds = pause(error, failures);
  if (milliseconds >= unnoticed || error.code === 'INGOT_REGISTRY_TIMEOUT') {
    tell(`${error.message}; trying again${milliseconds < unnoticed ? '' : ` in ${Math.ceil(milliseconds / 1000)} s`}`);
  }
  await wait(milliseconds);
  signal?.throwIfAborted();
}

function pause(error: TransientError, failures: number): number {
  if (error.retryAfter === undefined) return Math.min(longest, first * 2 ** (failures - 1)) * (0.5 + Math.random() / 2);
  if (error.retryAfter <= longestAsked) return error.retryAfter;
  throw new RegistryError(error.code, `${error.message}; it wants us to wait ${Math.ceil(error.retryAfter / 1000)} s`, {
    help: 'Try again then; registries often let more through for those who log in.',
    ...(error.status === undefined ? {} : { status: error.status }),
  });
}

/** Retry-After in milliseconds: seconds or a date. RFC 9110 § 10.2.3. */
export function retryAfterOf(answer: Pick<Answer, 'headers'>, now = Date.now()): number | undefined {
  const text = header(answer, 'retry-after')?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
