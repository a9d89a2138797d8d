import { lstat, readdir, readlink, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, posix, relative, sep } from 'node:path';
import type { LayerEntry, Platform } from '@ingot/content';
import { didYouMean, ProjectError } from '@ingot/workspace';
import { glob, isDynamicPattern } from 'tinyglobby';
import type { FilesDescription } from './files-description.ts';
import { readdirLinksAsFiles } from './links-as-files.ts';

export interface FilesOptions {
  /** The folder that `from` is relative to. Absolute; so are all paths here. */
  readonly base: string;
  /** Nothing outside of this folder is read. */
  readonly boundary: string;
  /** What is never part of an image: its own output. */
  readonly without: ReadonlySet<string>;
  readonly platform: Platform;
}

/** A file, folder or link that was found, and where it lies below the tree that is copied. */
interface Found {
  readonly path: string;
  readonly below: string;
}

/**
 * What a `files` entry puts into the layer. Throws ProjectErrors at its place: INGOT_IMAGE_PATH for one that leaves the
 * project, INGOT_IMAGE_NO_FILES where nothing is found, INGOT_IMAGE_LINK, INGOT_IMAGE_FILE_TYPE.
 */
export async function collectFiles(entry: FilesDescription, options: FilesOptions): Promise<LayerEntry[]> {
  const to = destination(entry);
  const from = checkedPath(forPlatform(entry.from, options.platform), entry);
  const whole = join(options.base, from);
  const stats = await lstat(whole).catch(() => undefined);
  if (!stats && isDynamicPattern(from)) return copyTree(await matching(from, entry, options), to, entry, options);
  if (!stats) throw await nothing(from, entry, options);

  const real = await inside(whole, entry, options);
  if ((await lstat(real)).isDirectory()) {
    const tree = { root: real, found: await contents(real, options, await excluded(real, entry)) };
    return [...(to === '' ? [] : [directory(to, entry)]), ...(await copyTree(tree, to, entry, options))];
  }
  const path = entry.to.endsWith('/') ? posix.join(to, basename(from)) : to;
  if (path === '') throw fail('INGOT_IMAGE_PATH', `to: ${entry.to} names no file`, entry);
  return [await fileEntry(real, path, entry)];
}

interface Tree {
  readonly root: string;
  readonly found: readonly Found[];
}

async function copyTree(tree: Tree, to: string, entry: FilesDescription, options: FilesOptions): Promise<LayerEntry[]> {
  const entries: LayerEntry[] = [];
  for (const { path, below } of tree.found) {
    entries.push(await layerEntry(path, posix.join(to, below), tree.root, entry, options));
  }
  return entries;
}

async function layerEntry(
  path: string,
  to: string,
  root: string,
  entry: FilesDescription,
  options: FilesOptions,
): Promise<LayerEntry> {
  const stats = await lstat(path);
  if (stats.isDirectory()) return directory(to, entry);
  if (!stats.isSymbolicLink()) return fileEntry(path, to, entry);
  const target = await readlink(path);
  const pointsAt = join(dirname(path), target);
  if (!isAbsolute(target) && isWithin(pointsAt, root)) {
    return { type: 'symlink', path: to, target, mode: 0o777, ...entry.owner };
  }
  const real = await inside(path, entry, options);
  if ((await lstat(real)).isFile()) return fileEntry(real, to, entry);
  throw fail('INGOT_IMAGE_LINK', `${shown(path, options)} is a link to a folder outside of what is copied`, entry, {
    help: 'copy that folder by an entry of its own',
  });
}

function directory(path: string, entry: FilesDescription): LayerEntry {
  return { type: 'directory', path, mode: 0o755, ...entry.owner };
}

async function fileEntry(path: string, to: string, entry: FilesDescription): Promise<LayerEntry> {
  const stats = await lstat(path);
  if (!stats.isFile()) {
    throw fail('INGOT_IMAGE_FILE_TYPE', `${path} is neither file, folder nor link (a socket, pipe or device)`, entry);
  }
  // Of the modes on disk only this bit is the author's: the others are the umask's (as Git has it).
  const mode = entry.mode ?? (stats.mode & 0o100 ? 0o755 : 0o644);
  const content = { path, offset: 0, size: stats.size };
  return { type: 'file', path: to, size: stats.size, content, mode, ...entry.owner };
}

/** All below a folder, but what is excluded. */
async function contents(root: string, options: FilesOptions, skip: ReadonlySet<string>, below = ''): Promise<Found[]> {
  const found: Found[] = [];
  for (const item of await readdir(join(root, below), { withFileTypes: true })) {
    const here = posix.join(below, item.name);
    const path = join(root, here);
    if (skip.has(path) || isOutput(path, options)) continue;
    found.push({ path, below: here });
    if (item.isDirectory()) found.push(...(await contents(root, options, skip, here)));
  }
  return found;
}

/** What a glob finds; the tree begins where its first wildcard is. */
async function matching(pattern: string, entry: FilesDescription, options: FilesOptions): Promise<Tree> {
  const segments = pattern.split('/');
  const fixed = segments.slice(
    0,
    segments.findIndex((segment) => isDynamicPattern(segment)),
  );
  const start = join(options.base, ...fixed);
  if (!(await lstat(start).catch(() => undefined))) throw await nothing(pattern, entry, options);
  const root = await inside(start, entry, options);
  const rest = segments.slice(fixed.length).join('/');
  const skip = await excluded(root, entry);
  const found = (await globFiles(rest, root, false))
    .map((below) => ({ path: join(root, below), below }))
    .filter(({ path }) => ![...skip].some((out) => isWithin(path, out)) && !isOutput(path, options));
  if (found.length === 0) throw await nothing(pattern, entry, options);
  return { root, found };
}

async function excluded(root: string, entry: FilesDescription): Promise<ReadonlySet<string>> {
  if (entry.exclude.length === 0) return new Set();
  for (const pattern of entry.exclude) checkedPath(pattern, entry);
  const found = await globFiles(entry.exclude, root, true);
  return new Set(found.map((below) => join(root, below.replace(/\/$/, ''))));
}

async function globFiles(patterns: string | readonly string[], cwd: string, all: boolean): Promise<string[]> {
  const found = await glob(patterns, {
    cwd,
    dot: all,
    onlyFiles: !all,
    followSymbolicLinks: false,
    expandDirectories: false,
    caseSensitiveMatch: true,
    fs: { readdir: readdirLinksAsFiles as never },
  });
  return found.sort();
}

function isOutput(path: string, options: FilesOptions): boolean {
  return [...options.without].some((output) => path === output || isWithin(path, output));
}

/** `{os}`, `{arch}` and `{variant}` replaced. */
export function forPlatform(from: string, platform: Platform): string {
  return from
    .replaceAll('{os}', platform.os)
    .replaceAll('{arch}', platform.architecture)
    .replaceAll('{variant}', platform.variant ?? '');
}

/** Throws INGOT_IMAGE_PATH for an absolute path or one with `..`. */
function checkedPath(path: string, entry: FilesDescription): string {
  const bad = path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.includes('\\') || path.includes('\0');
  if (bad || path.split('/').includes('..')) {
    throw fail('INGOT_IMAGE_PATH', `${JSON.stringify(path)} leaves the project`, entry, {
      help: 'paths are relative to the project; for what another project makes, write `project` and `target`',
    });
  }
  return posix.normalize(path).replace(/\/$/, '');
}

function destination(entry: FilesDescription): string {
  if (entry.to.split('/').includes('..')) throw fail('INGOT_IMAGE_PATH', `to: ${entry.to} has ".." in it`, entry);
  return posix.normalize(entry.to).replace(/^\/+/, '').replace(/\/$/, '');
}

/** Where a path leads, links and all. Throws INGOT_IMAGE_LINK where that is outside of the boundary, or nowhere. */
async function inside(path: string, entry: FilesDescription, options: FilesOptions): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  const boundary = await realpath(options.boundary);
  if (real === undefined) throw fail('INGOT_IMAGE_LINK', `${shown(path, options)} is a link that leads nowhere`, entry);
  if (real === boundary || isWithin(real, boundary)) return real;
  throw fail('INGOT_IMAGE_LINK', `${shown(path, options)} is a link that leaves the project`, entry, {
    help: 'put what it points at into the project, or let a target copy it there',
  });
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way.split(sep)[0] !== '..');
}

async function nothing(from: string, entry: FilesDescription, options: FilesOptions): Promise<ProjectError> {
  const made = entry.target ? ` (made by ${entry.project ? `${entry.project}:` : ''}${entry.target})` : '';
  if (isDynamicPattern(from)) {
    return fail('INGOT_IMAGE_NO_FILES', `"${from}"${made} matches no file`, entry, {
      help: '`*` and `**` leave out files that begin with a dot; name a folder to copy all that is in it',
    });
  }
  const siblings = await readdir(join(options.base, posix.dirname(from))).catch(() => []);
  const hint = didYouMean(posix.basename(from), siblings);
  return fail('INGOT_IMAGE_NO_FILES', `"${from}"${made} does not exist${hint}`, entry, {
    help: entry.target
      ? 'does that target write it elsewhere?'
      : 'if a target makes it, name that: { from: …, target: build, to: … }',
  });
}

function shown(path: string, options: FilesOptions): string {
  return relative(options.boundary, path) || path;
}

function fail(
  code: `INGOT_${string}`,
  message: string,
  entry: FilesDescription,
  facts: { readonly help?: string } = {},
): ProjectError {
  return new ProjectError(code, message, { place: entry.place, ...facts });
}
