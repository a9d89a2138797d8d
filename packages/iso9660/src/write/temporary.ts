import { hash, randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';

/**
 * A name for the file that becomes `target`: in the same folder, so that it can be renamed; the same prefix for the
 * same target and machine, then the process, then something random.
 */
export function temporaryName(target: string): string {
  return join(dirname(target), `${prefixOf(target)}${process.pid}-${randomBytes(4).toString('hex')}`);
}

/** Removes what processes of this machine that were killed left behind while they wrote `target`. */
export function removeStaleTemporaries(target: string): void {
  const prefix = prefixOf(target);
  for (const name of readdirSync(dirname(target))) {
    const match = name.startsWith(prefix) ? /^(\d+)-[0-9a-f]{8}$/.exec(name.slice(prefix.length)) : null;
    if (match !== null && !isAlive(Number(match[1]))) rmSync(join(dirname(target), name), { force: true });
  }
}

/** Hashed, because a name as long as file systems allow leaves no room for more. */
function prefixOf(target: string): string {
  return `.ingot-${hash('sha256', `${hostname()}\0${basename(target)}`).slice(0, 16)}-`;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
