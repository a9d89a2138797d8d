import { basename } from 'node:path';

import { SolutionError } from './error.ts';

/** Whether the system says that there is no such file. */
export function isMissing(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** INGOT_FILES_MISSING or INGOT_FILE for what the system said of `path`; anything else is given back as it is. */
export function fileError(error: unknown, path: string): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  if (isMissing(error)) {
    return new SolutionError('INGOT_FILES_MISSING', `there is no ${basename(path)} any more`, { path, cause: error });
  }
  return new SolutionError('INGOT_FILE', `${basename(path)} cannot be read: ${message}`, {
    path,
    help: 'Check that it is a file, or a folder where one is meant, and that you may read it.',
    cause: error,
  });
}
