import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, isAbsolute, join, posix, relative, sep } from 'node:path';
import { didYouMean, ProjectError } from '@ingot/workspace';
import { glob, isDynamicPattern } from 'tinyglobby';
import { readdirLinksAsFiles } from '../image/links-as-files.ts';
import type { FilesFolder, MadeEntry } from '../image/maker.ts';

/** What names a file, and where. */
export type NamedFile = Pick<MadeEntry, 'from' | 'target' | 'project' | 'place'>;

/** A file as it lies there. */
export interface FoundFile {
  /** Absolute, links followed. */
  readonly path: string;
  /** As the author or the target named it. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** What tells a changed file from an unchanged one. */
  readonly stamp: string;
}

/**
 * The one file that `from` names, or matches. Throws ProjectErrors at its place: INGOT_ARTIFACT_PATH for one that leaves
 * the project, INGOT_ARTIFACT_NO_FILE, INGOT_ARTIFACT_SEVERAL, INGOT_ARTIFACT_FILE_TYPE for a folder and the like,
 * INGOT_ARTIFACT_EMPTY.
 */
export async function findFile(file: NamedFile, folder: FilesFolder): Promise<FoundFile> {
  const from = checkedPath(file, folder.from);
  const whole = join(folder.base, from);
  const there = await lstat(whole).catch(() => undefined);
  const path = there === undefined && isDynamicPattern(from) ? await matching(from, file, folder) : whole;
  if (there === undefined && path === whole) throw await nothing(from, file, folder);

  const real = await inside(path, file, folder);
  const stats = await stat(real);
  if (!stats.isFile()) throw notAFile(file, stats.isDirectory());
  if (stats.size === 0) {
    throw fail('INGOT_ARTIFACT_EMPTY', `"${shown(path, folder)}" is empty`, file, {
      help: 'did what makes it fail? Leave the file out if it has nothing to say',
    });
  }
  return { path: real, name: basename(path), size: stats.size, stamp: stampOf(stats) };
}

/** Throws INGOT_ARTIFACT_CHANGED where the file is not what it was when it was found. */
export async function checkUnchanged(file: NamedFile, found: FoundFile): Promise<void> {
  const stats = await stat(found.path).catch(() => undefined);
  if (stats !== undefined && stampOf(stats) === found.stamp) return;
  throw fail('INGOT_ARTIFACT_CHANGED', `${found.name} changed while it was read`, file, {
    help: 'name the `target` that writes it, so that it is finished first, and run again',
  });
}

function stampOf({ ino, size, mtimeMs }: { ino: number; size: number; mtimeMs: number }): string {
  return `${ino} ${size} ${mtimeMs}`;
}

async function matching(pattern: string, file: NamedFile, folder: FilesFolder): Promise<string> {
  const found = await glob(pattern, {
    cwd: folder.base,
    onlyFiles: true,
    followSymbolicLinks: false,
    expandDirectories: false,
    caseSensitiveMatch: true,
    fs: { readdir: readdirLinksAsFiles as never },
  });
  if (found.length === 1) return join(folder.base, found[0]!);
  if (found.length === 0) throw await nothing(pattern, file, folder);
  const some = found.sort().slice(0, 5).join(', ');
  throw fail('INGOT_ARTIFACT_SEVERAL', `"${pattern}" matches ${found.length} files: ${some}`, file, {
    help: 'an entry is one file: remove what is left of earlier builds, or write an entry for each',
  });
}

function checkedPath(file: NamedFile, from: string): string {
  const bad = from.startsWith('/') || /^[A-Za-z]:/.test(from) || from.includes('\\') || from.includes('\0');
  if (!bad && !from.split('/').includes('..')) return posix.normalize(from);
  throw fail('INGOT_ARTIFACT_PATH', `${JSON.stringify(file.from)} leaves the project`, file, {
    help: 'paths are relative to the project; for what another project makes, write `project` and `target`',
  });
}

/** Where a path leads, links and all. */
async function inside(path: string, file: NamedFile, folder: FilesFolder): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) {
    throw fail('INGOT_ARTIFACT_PATH', `"${shown(path, folder)}" is a link that leads nowhere`, file);
  }
  const way = relative(await realpath(folder.boundary), real);
  if (!isAbsolute(way) && way.split(sep)[0] !== '..') return real;
  throw fail('INGOT_ARTIFACT_PATH', `"${shown(path, folder)}" is a link that leaves the project`, file, {
    help: 'put what it points at into the project, or let a target copy it there',
  });
}

async function nothing(from: string, file: NamedFile, folder: FilesFolder): Promise<ProjectError> {
  const made = file.target ? ` (made by ${file.project ? `${file.project}:` : ''}${file.target})` : '';
  const help = file.target
    ? 'does that target write it elsewhere?'
    : 'if a target makes it, name that: { from: …, target: build }';
  if (isDynamicPattern(from)) {
    return fail('INGOT_ARTIFACT_NO_FILE', `"${from}"${made} matches no file`, file, { help });
  }
  const siblings = await readdir(join(folder.base, posix.dirname(from))).catch(() => []);
  const hint = didYouMean(posix.basename(from), siblings);
  return fail('INGOT_ARTIFACT_NO_FILE', `"${from}"${made} does not exist${hint}`, file, { help });
}

function notAFile(file: NamedFile, isFolder: boolean): ProjectError {
  const what = isFolder ? 'is a folder' : 'is neither file nor folder (a socket, pipe or device)';
  return fail('INGOT_ARTIFACT_FILE_TYPE', `"${file.from}" ${what}`, file, {
    help: isFolder ? 'name the file in it, or let a target pack the folder into an archive' : 'name a file',
  });
}

function shown(path: string, folder: FilesFolder): string {
  return relative(folder.boundary, path) || path;
}

function fail(
  code: `INGOT_${string}`,
  message: string,
  file: NamedFile,
  facts: { readonly help?: string } = {},
): ProjectError {
  return new ProjectError(code, message, { place: file.place, ...facts });
}
