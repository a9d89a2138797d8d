import { lstat, mkdir, mkdtemp, readdir, realpath, rename } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { IsoEntry } from '../read/entry.ts';
import { onDisk, taken } from './errors.ts';

/** Where an image is extracted to. */
export interface Place {
  /** An absolute path. */
  readonly folder: string;
  /** Whether it was there; then it stays the same folder, which may be somebody's current one, or a mount point. */
  readonly exists: boolean;
}

/** Throws INGOT_ISO_EXISTS where something is there that is no empty folder; with `replace`, that is no folder. */
export async function placeOf(path: string, replace: boolean): Promise<Place> {
  const folder = resolve(path);
  const stat = await statOf(folder);
  if (stat === undefined) return { folder, exists: false };
  // The user named it, not the image: so a link to a folder is as good as the folder.
  const real = replace ? await realpath(folder).catch(() => folder) : folder;
  const isFolder = (await statOf(real))?.isDirectory() === true;
  if (isFolder && (replace || (await onDisk(real, () => readdir(real))).length === 0)) {
    return { folder: real, exists: true };
  }
  if (replace) throw taken(folder, ', and is no folder', 'Name a folder, or one that does not exist.');
  throw taken(folder, '', 'Name a folder that does not exist, or ask for its files to be replaced.');
}

/**
 * Throws INGOT_ISO_EXISTS where a folder would take the place of something else, or something else that of a folder. A
 * link is no folder, wherever it leads: what the image puts below that path would land there.
 */
export async function refuseClashes(
  folder: string,
  plan: { readonly [kind in 'folders' | 'files' | 'links']: readonly IsoEntry[] },
): Promise<void> {
  const absent = new Set<string>();
  const seen = new Set<string>();
  const check = async (path: string, wantsFolder: boolean): Promise<void> => {
    if (seen.has(path)) return;
    seen.add(path);
    const parent = dirname(path);
    if (parent !== '.') await check(parent, true);
    const stat = absent.has(parent) ? undefined : await statOf(join(folder, path));
    if (stat === undefined) absent.add(path);
    else if (stat.isDirectory() !== wantsFolder) throw clash(join(folder, path), wantsFolder);
  };
  for (const { path } of plan.folders) await check(path, true);
  for (const { path } of [...plan.files, ...plan.links]) await check(path, false);
}

function clash(path: string, wantsFolder: boolean): Error {
  const what = wantsFolder ? ', and is no folder as in the image' : ', and is a folder, but none in the image';
  return taken(path, what, 'Move it away, or name another folder.');
}

/** A folder on the file system of `place`: in it, or beside what is still to be made. */
export async function temporaryFor({ folder, exists }: Place): Promise<string> {
  if (exists) return mkdtemp(join(folder, '.ingot-extract-'));
  await mkdir(dirname(folder), { recursive: true });
  return mkdtemp(join(dirname(folder), `.${basename(folder)}.`));
}

/** Puts what is in the finished folder `content` into its place. */
export async function moveInto(content: string, { folder, exists }: Place): Promise<void> {
  if (exists) await merge(content, folder);
  else await rename(content, folder);
}

/** What is not there is renamed as a whole; of folders that are there, each entry. */
async function merge(from: string, to: string): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    const there = entry.isDirectory() ? await statOf(target) : undefined;
    if (there === undefined) await rename(source, target);
    else if (there.isDirectory()) await merge(source, target);
    else throw clash(target, true);
  }
}

/** Of a path itself, not of what a link leads to; undefined where nothing is there. */
function statOf(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}
