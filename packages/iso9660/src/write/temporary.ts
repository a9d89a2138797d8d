import { hash, randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** In milliseconds. Whoever still writes to a file changes its time. */
const longestPause = 24 * 60 * 60 * 1000;

/**
 * A name for the file that becomes `target`: in the same folder, so that it can be renamed; the same prefix for the
 * same target, then the machine, the process, and something random.
 */
export function temporaryName(target: string): string {
  return join(dirname(target), `${prefixOf(target)}${thisMachine()}-${process.pid}-${randomBytes(4).toString('hex')}`);
}

/**
 * Removes what processes that were killed left behind while they wrote `target`: those of this machine. Of another one
 * (a container, or a machine that shares the folder) nobody can tell here whether it lives: what it has not touched for
 * 24 hours goes.
 */
export function removeStaleTemporaries(target: string): void {
  const prefix = prefixOf(target);
  for (const name of readdirSync(dirname(target))) {
    const match = name.startsWith(prefix) ? /^([0-9a-f]{8})-(\d+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length)) : null;
    if (match === null) continue;
    const path = join(dirname(target), name);
    const stale = match[1] === thisMachine() ? !isAlive(Number(match[2])) : isOld(path);
    if (stale) rmSync(path, { force: true });
  }
}

/** Hashed, because a name as long as file systems allow leaves no room for more. */
function prefixOf(target: string): string {
  return `.ingot-${hash('sha256', basename(target)).slice(0, 16)}-`;
}

function thisMachine(): string {
  return hash('sha256', hostname()).slice(0, 8);
}

function isOld(path: string): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > longestPause;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
