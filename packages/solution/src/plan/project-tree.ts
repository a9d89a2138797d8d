import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, resolve, sep } from 'node:path';

import { SolutionError } from '../error.ts';

/** A file or symbolic link of a project, and the path that it gets in the archive. */
export type TreeEntry =
  | {
      readonly type: 'file';
      readonly path: string;
      readonly file: string;
      readonly size: number;
      readonly executable: boolean;
    }
  | { readonly type: 'link'; readonly path: string; readonly target: string };

/** Whether `path` is `folder` or lies in it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/**
 * The files and links at `from` (a file or folder, relative to `projectRoot`), sorted by path, as they lie below `to` in
 * the archive. Empty folders are left out: git keeps none, so they would differ between clones.
 * Throws SolutionError INGOT_FILES_MISSING, INGOT_FILES_OUTSIDE (a path or link that leaves the project), INGOT_FILES_TYPE.
 */
export async function projectTree(projectRoot: string, from: string, to: string): Promise<TreeEntry[]> {
  const start = resolve(projectRoot, from);
  const top = await realpath(projectRoot);
  const real = await realpath(start).catch(() => undefined);
  if (!isInside(projectRoot, start) || (real !== undefined && !isInside(top, real))) {
    throw new SolutionError('INGOT_FILES_OUTSIDE', `${from} leaves the project`, {
      path: start,
      help: 'Only files of the project itself can go into the archive: copy them into it, or let a target put them there.',
    });
  }
  if (real === undefined) {
    throw new SolutionError('INGOT_FILES_MISSING', `there is no ${from} in this project`, { path: start });
  }
  const entries: TreeEntry[] = [];
  await walk(start, to, { top: start, base: to }, entries);
  return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
}

interface Walk {
  readonly top: string;
  readonly base: string;
}

async function walk(file: string, path: string, start: Walk, into: TreeEntry[]): Promise<void> {
  const stat = await lstat(file);
  if (stat.isDirectory()) {
    for (const name of (await readdir(file)).sort()) await walk(join(file, name), posix.join(path, name), start, into);
  } else if (stat.isFile()) {
    into.push({ type: 'file', path, file, size: stat.size, executable: (stat.mode & 0o100) !== 0 });
  } else if (stat.isSymbolicLink()) {
    into.push({ type: 'link', path, target: await targetInside(file, start.top) });
  } else {
    throw new SolutionError('INGOT_FILES_TYPE', `${basename(file)} is neither a file nor a folder nor a link`, {
      path: file,
    });
  }
}

/** A link keeps its target if that is relative and stays among what is copied; else it would dangle, or lead astray, on the ISO. */
async function targetInside(link: string, top: string): Promise<string> {
  const target = await readlink(link);
  if (isAbsolute(target) || !isInside(top, resolve(dirname(link), target))) {
    throw new SolutionError(
      'INGOT_FILES_OUTSIDE',
      `the link ${basename(link)} leads out of ${basename(top)}: ${target}`,
      {
        path: link,
        help: 'Use a relative link to something in the same folder, or copy the file.',
      },
    );
  }
  return target.split(sep).join('/');
}

/** The digest of a file's bytes. */
export async function fileDigest(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Uint8Array);
  return `sha256:${hash.digest('hex')}`;
}
