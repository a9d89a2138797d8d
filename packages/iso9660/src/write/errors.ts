import { IsoError } from '../error.ts';

/** What went wrong while `target` was written, as an IsoError. */
export function writeError(target: string, error: unknown): IsoError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new IsoError('INGOT_ISO_NO_SPACE', `the disk became full while ${target} was written`, {
      path: target,
      help: 'Free some space, or write to another disk; the old file is as it was.',
      cause: error,
    });
  }
  return new IsoError('INGOT_ISO_UNWRITABLE', `${target} cannot be written: ${message}`, {
    path: target,
    cause: error,
  });
}

/** INGOT_ISO_NO_SPACE before anything is written. Sizes in bytes. */
export function noSpace(target: string, needed: number, free: number): IsoError {
  const missing = needed - free;
  return new IsoError('INGOT_ISO_NO_SPACE', `${target} needs ${needed} bytes, ${missing} more than its disk has free`, {
    path: target,
    help: 'Free some space, or write to another disk; an old file stays until the new one is complete.',
  });
}
