import { ContentError } from './error.ts';

/**
 * A system error that met us at `path`, as an error of ours: INGOT_DISK_FULL, INGOT_UNWRITABLE, or INGOT_FILE for
 * all others. What is no system error is given back as it is.
 */
export function fileError(cause: unknown, path: string): unknown {
  if (cause instanceof ContentError || !isSystemError(cause)) return cause;
  switch (cause.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ContentError('INGOT_DISK_FULL', `no space left for ${path}`, {
        path,
        cause,
        help: 'Free some space, or let INGOT_STORE name a folder on a larger disk.',
      });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new ContentError('INGOT_UNWRITABLE', `no permission at ${path} (${cause.code})`, {
        path,
        cause,
        help: 'Give yourself the folder, or name another one (INGOT_STORE for the store of blobs).',
      });
    default:
      return new ContentError('INGOT_FILE', `${cause.code} at ${path}: ${cause.message}`, { path, cause });
  }
}

/** Is it the error of a system call with one of these codes? */
export function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return isSystemError(error) && codes.includes(error.code);
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException & { code: string } {
  return error instanceof Error && 'syscall' in error && typeof (error as NodeJS.ErrnoException).code === 'string';
}
