import { IsoError } from '../error.ts';
import { readDirectory } from './directory.ts';
import type { IsoEntry, IsoExtent } from './entry.ts';
import { overLimit } from './limits.ts';
import type { Budget } from './limits.ts';
import type { RandomAccess } from './random-access.ts';
import type { Tree } from './view.ts';

/**
 * Everything in a tree, each folder before what is in it, in the order of the directory records; the root is left out.
 * Reads as it goes; keeps one chunk of each folder on the way. Throws INGOT_ISO_LOOP, INGOT_ISO_LIMIT, and what
 * reading directories throws.
 */
export async function* walk(
  image: RandomAccess,
  tree: Tree,
  budget: Budget,
): AsyncGenerator<IsoEntry, void, undefined> {
  const seen = new Set<number>();
  const open = (path: string, extent: IsoExtent) => {
    visitOnce(seen, extent, path);
    if (stack.length >= budget.limits.depth) throw overLimit('folders below each other', budget.limits.depth, path);
    stack.push(children(image, tree, path, extent, budget));
  };
  const stack: AsyncGenerator<IsoEntry, void, undefined>[] = [];
  open('', tree.root);
  for (let folder = stack.at(-1); folder !== undefined; folder = stack.at(-1)) {
    const { value: entry } = await folder.next();
    if (entry === undefined) {
      stack.pop();
      continue;
    }
    yield entry;
    if (entry.type === 'directory') for (const extent of entry.extents) open(entry.path, extent);
  }
}

/** In a sound image each directory has one parent; one that is met again would make a circle, or grow without end. */
function visitOnce(seen: Set<number>, extent: IsoExtent, path: string): void {
  if (seen.has(extent.sector)) {
    const help = 'The image is damaged or hostile: copy it again, or do not trust it.';
    throw new IsoError('INGOT_ISO_LOOP', `the folder "/${path}" is also another folder`, { path, help });
  }
  seen.add(extent.sector);
}

/** What is directly in one folder. */
export async function* children(
  image: RandomAccess,
  tree: Tree,
  folder: string,
  extent: IsoExtent,
  budget: Budget,
): AsyncGenerator<IsoEntry, void, undefined> {
  for await (const items of readDirectory(image, extent, budget)) {
    for (const item of items) {
      budget.entry();
      const entry = await inFolder(folder, () => tree.entry(item, folder, budget));
      if (entry !== undefined) yield entry;
    }
  }
}

/** Says where in the image an error arose, if it does not say so itself. */
async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof IsoError) || error.path !== undefined) throw error;
    const facts = { path: folder, cause: error, ...(error.help !== undefined && { help: error.help }) };
    throw new IsoError(error.code, `${error.message} (in the folder "/${folder}")`, facts);
  }
}

/**
 * The entry at `path`, reading only the folders on the way; undefined where there is none. Links are not followed. In
 * the primary and Joliet trees a part of the path may also be an identifier (`MANIFEST.YAML;1`).
 */
export async function find(
  image: RandomAccess,
  tree: Tree,
  path: string,
  budget: Budget,
): Promise<IsoEntry | undefined> {
  let entry = await tree.rootEntry(budget);
  for (const name of path.split('/').filter((part) => part !== '')) {
    const next = entry.type === 'directory' ? await child(image, tree, entry, name, budget) : undefined;
    if (next === undefined) return undefined;
    entry = next;
  }
  return entry;
}

async function child(
  image: RandomAccess,
  tree: Tree,
  folder: IsoEntry,
  name: string,
  budget: Budget,
): Promise<IsoEntry | undefined> {
  const path = folder.path === '' ? name : `${folder.path}/${name}`;
  for (const extent of folder.extents) {
    for await (const entry of children(image, tree, folder.path, extent, budget)) {
      if (entry.path === path || (tree.view !== 'rock-ridge' && entry.identifier === name)) return entry;
    }
  }
  return undefined;
}
