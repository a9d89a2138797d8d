import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

/** A lock that was not refreshed for so long belongs to a process that is no more. Milliseconds. */
const stale = 10_000;

/** How often one looks whether the other is done. Milliseconds. */
const lookAgain = 50;

/**
 * Does `work` while no other process holds the lock `<path>.lock`. Where no lock can be had at all, since the folder
 * cannot be written, the work is done without: the lock saves bytes and guards nothing.
 */
export async function withLock<T>(path: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  const release = await acquire(path, signal);
  try {
    return await work();
  } finally {
    await release();
  }
}

async function acquire(path: string, signal: AbortSignal | undefined): Promise<() => Promise<void>> {
  for (;;) {
    signal?.throwIfAborted();
    try {
      await mkdir(dirname(path), { recursive: true });
      // What happens to a lock that was taken from us, since we stood still too long, harms nobody.
      const release = await lockfile.lock(path, { realpath: false, stale, onCompromised: () => undefined });
      return () => release().catch(() => undefined);
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ELOCKED') return async () => undefined;
      await sleep(lookAgain, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }
}
