import { closeSync, fchmodSync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { IsoPlan } from '../plan/plan.ts';
import { copyImage } from './copy-image.ts';
import { digestOfFile } from './digest-of-file.ts';
import { noSpace, writeError } from './errors.ts';
import { removeStaleTemporaries, temporaryName } from './temporary.ts';

export interface WriteIsoOptions {
  /** Called with the number of bytes written since the last call. */
  readonly onBytes?: (bytes: number) => void;
  /** Whether to compute the SHA-256 of the whole image; default false. */
  readonly hash?: boolean;
  /**
   * Runs on the complete image before it gets its name, to implant media check sums: implantMd5 of this package. It is
   * given `signal`; for its progress, call implantMd5 with the same options and an `onBytes` of your own.
   */
  readonly md5?: (file: string, options: Pick<WriteIsoOptions, 'signal'>) => unknown;
  /**
   * Runs when the image is complete and about to take the place of an older file: to remove what was made of that one,
   * such as a list of check sums, so that it never stands beside another image. If it throws, the older file stays.
   */
  readonly beforeRename?: () => void | Promise<void>;
  /** Whether to wait until the image is on the disk before it gets its name; default true. */
  readonly sync?: boolean;
  readonly signal?: AbortSignal;
}

export interface WrittenIso {
  /** In bytes. */
  readonly size: number;
  /** Of the whole image, 64 hex digits; with `hash`. */
  readonly sha256?: string;
}

/**
 * Writes the image to `file`, all of it or nothing: to a temporary name in the same folder, synced, then renamed. An
 * older `file` stays as it was after every failure but one: where the folder cannot be synced after the rename, the new
 * image is there and complete, but after a power cut the older one may be back. Throws IsoError INGOT_ISO_NO_SPACE,
 * INGOT_ISO_UNWRITABLE (`path` is the folder where that could not be synced), INGOT_ISO_CONTENT_SIZE,
 * INGOT_ISO_CONTENT_UNREADABLE, INGOT_ISO_CONTENT_DIGEST, the reason of an aborted `signal`, and what `md5` and
 * `beforeRename` throw.
 */
export async function writeIso(plan: IsoPlan, file: string, options: WriteIsoOptions = {}): Promise<WrittenIso> {
  options.signal?.throwIfAborted();
  const target = resolve(file);
  const temporary = temporaryName(target);
  prepare(plan, target);
  try {
    const sha256 = await writeTemporary(plan, target, temporary, options);
    options.signal?.throwIfAborted();
    await options.beforeRename?.();
    attempt(target, () => renameSync(temporary, target));
    if (options.sync !== false) syncFolder(dirname(target));
    return { size: plan.size, ...(sha256 === undefined ? {} : { sha256 }) };
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Throws INGOT_ISO_NO_SPACE before anything is written, as far as that can be known. */
function prepare(plan: IsoPlan, target: string): void {
  attempt(target, () => removeStaleTemporaries(target));
  const { bavail, bsize } = attempt(target, () => statfsSync(dirname(target)));
  if (bavail * bsize < plan.size) throw noSpace(target, plan.size, bavail * bsize);
}

async function writeTemporary(
  plan: IsoPlan,
  target: string,
  temporary: string,
  options: WriteIsoOptions,
): Promise<string | undefined> {
  const { hash = false, md5, sync = true, signal } = options;
  const output = attempt(target, () => openSync(temporary, 'wx+', 0o644));
  try {
    readableByAll(output);
    attempt(target, () => ftruncateSync(output, plan.size));
    const hashNow = hash && md5 === undefined;
    const digest = await copyImage(plan, output, { ...options, hash: hashNow, onError: (e) => writeError(target, e) });
    await md5?.(temporary, signal === undefined ? {} : { signal });
    // The check sums that `md5` implants are in the first sectors, so the digest needs a second pass.
    const sha256 = hash && !hashNow ? await digestOfFile(output, signal) : digest;
    if (sync) attempt(target, () => fsyncSync(output));
    return sha256;
  } finally {
    closeSync(output);
  }
}

/** Whatever the umask; file systems without modes do without. */
function readableByAll(file: number): void {
  try {
    fchmodSync(file, 0o644);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Makes the rename itself durable; file systems that cannot sync a folder do without. */
function syncFolder(folder: string): void {
  const handle = attempt(folder, () => openSync(folder, 'r'));
  try {
    fsyncSync(handle);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EINVAL') throw writeError(folder, error);
  } finally {
    closeSync(handle);
  }
}

function attempt<T>(target: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw writeError(target, error);
  }
}
