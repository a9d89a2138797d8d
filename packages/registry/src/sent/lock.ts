import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import lockfile from 'proper-lockfile';

/**
 * A lock that was not refreshed for so long belongs to a process that is no more, also where nothing tells whose it was.
 * Milliseconds.
 */
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
      await endOrphan(path);
      // What happens to a lock that was taken from us, since we stood still too long, harms nobody.
      const release = await lockfile.lock(path, { realpath: false, stale, onCompromised: () => undefined });
      await writeFile(ownerOf(path), me).catch(() => undefined);
      return async () => {
        await rm(ownerOf(path), { force: true }).catch(() => undefined);
        await release().catch(() => undefined);
      };
    } catch (error) {
      if ((error as { code?: unknown }).code !== 'ELOCKED') return async () => undefined;
      await sleep(lookAgain, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
    }
  }
}

/** Ids of processes mean something on their own machine alone, and within their own namespace of ids. */
const here = `${hostname()}/${namespace()}`;
const me = `${here} ${process.pid}`;

/** Containers may share a folder and the host's name, and count their processes each for itself. */
function namespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}

/** Who holds the lock; there as long as it is held, or its holder was killed. */
const ownerOf = (path: string) => `${path}.owner`;

/** Makes the lock of a process that is no more as old as one that nobody refreshes: nobody shall wait for it. */
async function endOrphan(path: string): Promise<void> {
  try {
    const owner = await readFile(ownerOf(path), 'utf8');
    const [host, pid = ''] = owner.split(' ');
    if (host !== here || !/^\d{1,10}$/.test(pid) || isAlive(Number(pid))) return;
    // Of all who notice it, one gets the file; by then it may be that of a new holder, who gets it back.
    const mine = `${ownerOf(path)}.${process.pid}`;
    await rename(ownerOf(path), mine);
    if ((await readFile(mine, 'utf8')) !== owner) return await rename(mine, ownerOf(path));
    await rm(mine);
    await utimes(`${path}.lock`, 1, 1);
  } catch {
    // Nobody holds it, or it is too late: the lock itself decides.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as { code?: unknown }).code !== 'ESRCH';
  }
}
