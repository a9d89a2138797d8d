import { IsoError } from '../error.ts';
import type { IsoEntry } from '../read/entry.ts';

/** Runs what touches the disk; what the system refuses becomes an IsoError that names the entry. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof IsoError) throw cause;
    throw refused(path, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

/** The same for what makes an entry: where something is there already, two entries have one place. */
export function making<T>(path: string, work: () => Promise<T>): Promise<T> {
  return onDisk(path, async () => {
    try {
      return await work();
    } catch (error) {
      throw hasCode(error, 'EEXIST') ? duplicate(path) : error;
    }
  });
}

function hasCode(error: unknown, ...codes: string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}

export function duplicate(path: string): IsoError {
  const help = 'Extract through another view, or onto a file system that tells these names apart.';
  return new IsoError('INGOT_ISO_DUPLICATE', `two entries would both be "${path}"`, { path, help });
}

export function leaving({ path, target }: IsoEntry): IsoError {
  const help = 'Skip or keep such links by the option outsideLinks, if you trust the image.';
  return new IsoError('INGOT_ISO_LINK', `the link "${path}" to "${target}" leads out of the folder`, { path, help });
}

export function refused(path: string, reason: string, cause?: unknown): IsoError {
  const help = 'Check permissions, free space and the length of the path, then try again.';
  return new IsoError('INGOT_ISO_EXTRACT', `cannot extract "${path}": ${reason}`, { path, cause, help });
}

/** Something is where the extraction wants to put `what`. */
export function taken(path: string, what: string, help: string): IsoError {
  return new IsoError('INGOT_ISO_EXISTS', `${path} is there already${what}`, { path, help });
}
