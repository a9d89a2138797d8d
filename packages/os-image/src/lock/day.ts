import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The day on which packages.lock was written. */
export interface LockDay {
  /** `YYYYMMDD`. */
  readonly text: string;
  /** Its beginning in UTC, in seconds since 1970. */
  readonly seconds: number;
}

/** How many lines the head of the file has at most. */
const HEAD = 20;

/** The day in the head of a project's packages.lock; undefined where there is no such file, or none in it. */
export async function lockDay(folder: string): Promise<LockDay | undefined> {
  const text = await readFile(join(folder, 'packages.lock'), 'utf8').catch(() => '');
  const head = text.split('\n', HEAD).join('\n');
  const day = /^date:\s*["']?(\d{4}-\d{2}-\d{2})\b/m.exec(head)?.[1];
  const time = day === undefined ? Number.NaN : Date.parse(`${day}T00:00:00Z`);
  return day === undefined || Number.isNaN(time) ? undefined : { text: day.replaceAll('-', ''), seconds: time / 1000 };
}
