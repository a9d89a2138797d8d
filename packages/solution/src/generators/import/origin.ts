import { createReadStream } from 'node:fs';
import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openIso } from '@ingot/iso9660';
import type { IsoEntry } from '@ingot/iso9660';
import { SolutionError } from '../../error.ts';
import { imagesFolder } from '../../format/layout.ts';
import { Tree } from '../../verify/tree.ts';

/** What is imported: the content of an ISO, or of a folder that is laid out like one. */
export interface Origin {
  readonly tree: Tree;
  /** Of an ISO. */
  readonly volumeId: string | undefined;
  read(entry: IsoEntry): AsyncIterable<Uint8Array>;
  close(): Promise<void>;
}

/** Entries that a folder may have: as many as the reader of ISOs takes. */
const mostEntries = 1_000_000;

/**
 * Opens an ISO, the folder that would be its root, or an images/ tree itself. Throws SolutionError
 * INGOT_IMPORT_SOURCE, and what openIso throws.
 */
export async function openOrigin(path: string): Promise<Origin> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new SolutionError('INGOT_IMPORT_SOURCE', `there is no ${path}`, {
      path,
      help: "Name a Solution's ISO, or a folder with an images/ tree.",
      cause,
    });
  });
  return found.isDirectory() ? folderOrigin(path) : isoOrigin(path);
}

async function isoOrigin(path: string): Promise<Origin> {
  const image = await openIso(path);
  return {
    tree: new Tree(await Array.fromAsync(image.list())),
    volumeId: image.volumeId,
    read: (entry) => image.read(entry),
    close: () => image.close(),
  };
}

async function folderOrigin(folder: string): Promise<Origin> {
  // `images/` itself was named: what is in it belongs below images/.
  const above = (await hasFolder(join(folder, imagesFolder))) ? '' : `${imagesFolder}/`;
  const entries: IsoEntry[] = above === '' ? [] : [entry(imagesFolder, 'directory', 0, 0o755)];
  await walk(folder, above, entries);
  return {
    tree: new Tree(entries),
    volumeId: undefined,
    read: ({ path }) => createReadStream(join(folder, path.slice(above.length)), { highWaterMark: 1024 * 1024 }),
    close: () => Promise.resolve(),
  };
}

async function walk(folder: string, above: string, into: IsoEntry[]): Promise<void> {
  for (const name of (await readdir(folder)).sort()) {
    if (into.length > mostEntries) {
      throw new SolutionError('INGOT_IMPORT_SOURCE', `${folder} has more than ${mostEntries} entries`, {
        path: folder,
        help: 'Name the folder of the Solution itself.',
      });
    }
    const file = join(folder, name);
    const path = `${above}${name}`;
    const { mode, size, ...found } = await lstatOf(file);
    if (found.isFolder) {
      into.push(entry(path, 'directory', 0, mode));
      await walk(file, `${path}/`, into);
    } else if (found.isLink) into.push({ ...entry(path, 'symlink', 0, mode), target: await readlink(file) });
    else into.push(entry(path, found.isFile ? 'file' : 'special', found.isFile ? size : 0, mode));
  }
}

async function lstatOf(file: string) {
  const found = await lstat(file);
  const [isFile, isFolder, isLink] = [found.isFile(), found.isDirectory(), found.isSymbolicLink()];
  return { mode: found.mode & 0o7777, size: found.size, isFile, isFolder, isLink };
}

function entry(path: string, type: IsoEntry['type'], size: number, mode: number): IsoEntry {
  return { path, identifier: path.slice(path.lastIndexOf('/') + 1), type, size, mode, extents: [] };
}

async function hasFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
