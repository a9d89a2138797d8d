import { readPackagesLock } from './packages-lock.ts';

/** The day on which packages.lock was written. */
export interface LockDay {
  /** `YYYYMMDD`. */
  readonly text: string;
  /** Its beginning in UTC, in seconds since 1970. */
  readonly seconds: number;
}

/** The day of a project's packages.lock; undefined where there is none. Throws what `readPackagesLock` throws. */
export async function lockDay(folder: string): Promise<LockDay | undefined> {
  const lock = await readPackagesLock(folder);
  if (lock === undefined) return undefined;
  const { date } = lock;
  const seconds = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6))) / 1000;
  return { text: date, seconds };
}
