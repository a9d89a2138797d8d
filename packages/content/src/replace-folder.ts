import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { hasCode } from './file-error.ts';
import { oldName, sweep, temporaryName } from './temporary.ts';

/**
 * A name beside `target` for a folder that is to take its place. What killed processes left there is removed, and what
 * they had moved aside put back. Absolute where `target` is.
 */
export async function stagingFolder(target: string): Promise<string> {
  const parent = dirname(target);
  await sweep(parent);
  return temporaryName(parent);
}

/**
 * Puts the folder `made` (of the same file system, best of `stagingFolder`) in the place of `target`. No system call
 * exchanges two folders everywhere: for a moment there is none, but never half of one, and the old one comes back where
 * the new one cannot be put there: at once, or by the next `stagingFolder` where the process is killed in that moment.
 * Throws system errors as they are.
 */
export async function replaceFolder(target: string, made: string): Promise<void> {
  const old = oldName(target);
  const had = await movedAside(target, old);
  try {
    await rename(made, target);
  } catch (error) {
    // Another process may have put it back already, and the first error is the one to see.
    if (had) await rename(old, target).catch(() => undefined);
    throw error;
  }
  // The new one is in its place: what cannot be removed of the old one is for a later sweep.
  if (had) await rm(old, { recursive: true, force: true }).catch(() => undefined);
}

async function movedAside(target: string, old: string): Promise<boolean> {
  try {
    await rename(target, old);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return false;
    throw error;
  }
}
