import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';

import { digestOfFile } from '@ingot/content';

import { SolutionError } from '../error.ts';
import { fileError, isMissing } from '../file-error.ts';

/** A file or symbolic link of a project, and the path that it gets in the archive. */
export type TreeEntry =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly file: string;
      readonly size: number;
      readonly executable: boolean;
    }
  | { readonly type: 'link'; readonly path: string; readonly file: string; readonly target: string };

/** Whether `path` is `folder` or lies in it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/**
 * The files and links at `from` (a file or folder, relative to `projectRoot`), sorted by path, as they lie below `to` in
 * the archive. Empty folders are left out: git keeps none, so they would differ between clones.
 * Throws SolutionError INGOT_FILES_MISSING (also for a link that leads to nothing), INGOT_FILES_OUTSIDE (a path or link
 * that leaves the project), INGOT_FILES_LINK, INGOT_FILES_TYPE, INGOT_FILES_NAME, INGOT_FILE (what cannot be read).
 */
export async function projectTree(projectRoot: string, from: string, to: string): Promise<TreeEntry[]> {
  const start = resolve(projectRoot, from);
  const real = await staysInside(projectRoot, start);
  if (real === undefined) {
    throw new SolutionError('INGOT_FILES_MISSING', `there is no ${from} in this project`, { path: start });
  }
  const entries: TreeEntry[] = [];
  await walk(start, to, real, entries);
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The real path of `path`, undefined where there is nothing; both absolute. Throws SolutionError INGOT_FILES_OUTSIDE where
 * it leaves the project, by its name or by a link, and INGOT_FILES_LINK where it goes through a link at all: Nx, which
 * follows none, would not see when what is behind it changes.
 */
export async function staysInside(projectRoot: string, path: string): Promise<string | undefined> {
  const top = await realpath(projectRoot);
  const name = relative(projectRoot, path);
  const real = await realOf(path);
  if (!isInside(projectRoot, path) || (real !== undefined && !isInside(top, real))) {
    throw new SolutionError('INGOT_FILES_OUTSIDE', `${name} leaves the project`, {
      path,
      help: 'Only what lies in the project itself can go into the archive: copy it there, or let a target put it there.',
    });
  }
  if (real !== undefined && real !== join(top, name)) {
    throw new SolutionError('INGOT_FILES_LINK', `${name} goes through a symbolic link`, {
      path,
      help: `Name what it leads to, so that the cache sees when it changes: ${relative(top, real)}`,
    });
  }
  return real;
}

/** Undefined where a path leads to nothing, which a link in a circle does as well. */
function realOf(path: string): Promise<string | undefined> {
  return realpath(path).catch((cause: NodeJS.ErrnoException) => {
    if (isMissing(cause) || cause.code === 'ELOOP') return undefined;
    throw fileError(cause, path);
  });
}

/** `top` is the real path of what is copied. */
async function walk(file: string, path: string, top: string, into: TreeEntry[]): Promise<void> {
  const stat = await lstat(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw fileError(cause, file);
    throw new SolutionError('INGOT_FILES_NAME', `the name ${JSON.stringify(basename(file))} is not UTF-8`, {
      path: file,
      help: 'Rename the file: readers of the archive would each show another name.',
      cause,
    });
  });
  if (stat.isDirectory()) {
    const names = await readdir(file).catch((cause: unknown) => {
      throw fileError(cause, file);
    });
    for (const name of names.sort()) await walk(join(file, name), posix.join(path, name), top, into);
  } else if (stat.isFile()) {
    into.push({ type: 'file', path, file, size: stat.size, executable: (stat.mode & 0o100) !== 0 });
  } else if (stat.isSymbolicLink()) {
    into.push({ type: 'link', path, file, target: await targetInside(file, top) });
  } else {
    throw new SolutionError('INGOT_FILES_TYPE', `${basename(file)} is neither a file nor a folder nor a link`, {
      path: file,
    });
  }
}

/** A link keeps its target if that is relative and stays among what is copied; else it would dangle, or lead astray, on the ISO. */
async function targetInside(link: string, top: string): Promise<string> {
  const target = await readlink(link);
  const folder = await realpath(dirname(link));
  const real = await realOf(link);
  if (isAbsolute(target) || !isInside(top, resolve(folder, target)) || (real !== undefined && !isInside(top, real))) {
    throw new SolutionError(
      'INGOT_FILES_OUTSIDE',
      `the link ${basename(link)} leads out of ${basename(top)}: ${target}`,
      {
        path: link,
        help: 'Use a relative link to something in the same folder, or copy the file.',
      },
    );
  }
  if (real === undefined) {
    throw new SolutionError('INGOT_FILES_MISSING', `the link ${basename(link)} leads to nothing: ${target}`, {
      path: link,
      help: 'Remove the link, or add the file that it names.',
    });
  }
  return target.split(sep).join('/');
}

/** The digest of a file's bytes. Throws SolutionError INGOT_FILES_MISSING, INGOT_FILE, ContentError INGOT_FILE. */
export async function fileDigest(file: string): Promise<string> {
  return digestOfFile(file).catch((error: unknown) => {
    throw fileError((error as Error).cause ?? error, file);
  });
}
