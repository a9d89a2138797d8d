import { randomBytes } from 'node:crypto';
import { chmod, lstat, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { FileHandle } from 'node:fs/promises';
import { fileError, hasCode } from './file-error.ts';

const syntax = /^\.ingot-(\d+)-[0-9a-f]{16}(?:\.old-(.+))?$/s;
const hour = 3_600_000;

/** A name in `folder` that nobody else uses. It says whose it is, so that `sweep` knows what a dead process left. */
export function temporaryName(folder: string): string {
  return join(folder, `.ingot-${process.pid}-${randomBytes(8).toString('hex')}`);
}

/** A name beside `target` for what is moved aside while another takes its place. It says whose place, for `sweep`. */
export function oldName(target: string): string {
  return `${temporaryName(dirname(target))}.old-${basename(target)}`;
}

/**
 * Lets `fill` write a new file, then puts it in place of `target` in one step, on the disk before it has the name.
 * Whatever goes wrong, `target` is as it was and no temporary file is left. `fill` may answer with another target (a
 * name that is known only at the end). Mode 0644 whatever the umask. Throws INGOT_DISK_FULL, INGOT_UNWRITABLE, INGOT_FILE.
 */
export async function writeWhole(folder: string, fill: (file: FileHandle) => Promise<string>): Promise<string> {
  const temporary = temporaryName(folder);
  try {
    await makeFolder(folder);
    const file = await open(temporary, 'wx+', 0o644);
    let target;
    try {
      target = await fill(file);
      await file.chmod(0o644);
      await file.sync();
    } finally {
      await file.close();
    }
    await makeFolder(dirname(target));
    await rename(temporary, target);
    return target;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileError(error, folder);
  }
}

/** Makes a folder and its parents, each new one 0755 whatever the umask. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o755 });
  if (first === undefined) return;
  for (let made = folder; ; made = dirname(made)) {
    await chmod(made, 0o755);
    if (made.length <= first.length) return;
  }
}

/**
 * Removes the temporary files that dead processes left in `folder`: those whose process is gone, after an hour
 * untouched (it may run on another machine, or in a container), and any after a day. What one moved aside, though, and
 * put nothing in its place, is put back at once: it may be the only good copy.
 */
export async function sweep(folder: string, now: number = Date.now()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const [, owner, place] = syntax.exec(name) ?? [];
    if (owner === undefined) continue;
    const path = join(folder, name);
    if (place !== undefined && (await putBack(path, join(folder, place)))) continue;
    const age = now - ((await stat(path).catch(() => undefined))?.mtimeMs ?? now);
    if (age > 24 * hour || (age > hour && !isAlive(Number(owner)))) {
      await rm(path, { recursive: true, force: true }).catch(() => undefined);
    }
  }
}

/** Whether `path` now has its place again, which was empty. */
async function putBack(path: string, place: string): Promise<boolean> {
  const isThere = await lstat(place).then(
    () => true,
    (error: unknown) => !hasCode(error, 'ENOENT'),
  );
  if (isThere) return false;
  return rename(path, place).then(
    () => true,
    () => false,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Writes all of `part` at `position` (bytes). */
export async function writeAt(file: FileHandle, part: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < part.length;) {
    const { bytesWritten } = await file.write(part, done, part.length - done, position + done);
    done += bytesWritten;
  }
}
