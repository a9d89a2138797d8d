import { IsoError } from '../error.ts';
import { readSelf } from './directory.ts';
import type { DirectoryItem } from './directory.ts';
import type { DirectoryRecord } from './directory-record.ts';
import type { IsoEntry, IsoExtent, IsoView } from './entry.ts';
import { malformed, SECTOR, text, ucs2 } from './field.ts';
import type { Budget } from './limits.ts';
import { checkedName, withoutVersion } from './name.ts';
import { checkWithin } from './random-access.ts';
import type { RandomAccess } from './random-access.ts';
import { decodeRockRidge, fileType, rockRidgeIdentifiers } from './rock-ridge.ts';
import type { RockRidge } from './rock-ridge.ts';
import { extensionIdentifier, readSystemUse, systemUseStart } from './susp.ts';
import { ReadWindow } from './window.ts';

/** A tree of the image: where it begins, and what its directory records mean. */
export interface Tree {
  readonly view: IsoView;
  readonly root: IsoExtent;
  /** The root as an entry; its path is empty. */
  rootEntry(budget: Budget): Promise<IsoEntry>;
  /** Undefined for a record that this view does not show. Throws an IsoError for one that breaks its standard. */
  entry(item: DirectoryItem, folder: string, budget: Budget): Promise<IsoEntry | undefined>;
}

/** Names as ECMA-119 §7.5 has them, without the version (`;1`). */
export function primaryTree(image: RandomAccess, root: DirectoryRecord): Tree {
  return plainTree(image, 'primary', root, text);
}

/** Joliet specification: a second tree whose identifiers are UCS-2; it has no permissions and no links. */
export function jolietTree(image: RandomAccess, root: DirectoryRecord): Tree {
  return plainTree(image, 'joliet', root, ucs2);
}

function plainTree(
  image: RandomAccess,
  view: IsoView,
  root: DirectoryRecord,
  decode: (identifier: Uint8Array) => string,
): Tree {
  return {
    view,
    root: root.extent,
    rootEntry: async () => rootEntry(root),
    async entry({ record, extents }, folder) {
      const identifier = decode(record.identifier);
      const path = join(folder, checkedName(record.isDirectory ? identifier : withoutVersion(identifier), folder));
      const kind = record.isDirectory ? 'directory' : 'file';
      return entryOf(image, kind, path, identifier, record, extents, record.time);
    },
  };
}

/**
 * RRIP over the primary tree. Undefined where the root's "." record does not announce it: SP (SUSP §5.3) and either an
 * ER of RRIP (§4.3) or a PX.
 */
export async function rockRidgeTree(
  image: RandomAccess,
  root: DirectoryRecord,
  budget: Budget,
): Promise<Tree | undefined> {
  const self = await readSelf(image, root.extent.sector, budget);
  const start = systemUseStart(self.systemUse);
  if (start === undefined) return undefined;
  const window = new ReadWindow(image);
  const decode = async (record: DirectoryRecord, skipped: number, spent: Budget) =>
    decodeRockRidge(await readSystemUse(record.systemUse, skipped, window, spent), spent.limits);
  const announced = await readSystemUse(self.systemUse, start.self, window, budget);
  const isRockRidge = announced.some(
    (entry) =>
      entry.signature === 'PX' ||
      (entry.signature === 'ER' && rockRidgeIdentifiers.includes(extensionIdentifier(entry))),
  );
  if (!isRockRidge) return undefined;
  return {
    view: 'rock-ridge',
    root: root.extent,
    rootEntry: async (spent) => ({ ...rootEntry(root), ...attributes(await decode(self, start.self, spent)) }),
    async entry({ record, extents }, folder, spent) {
      const said = await decode(record, start.others, spent);
      if (said.relocated) return undefined;
      const identifier = text(record.identifier);
      const plain = record.isDirectory ? identifier : withoutVersion(identifier);
      const path = join(folder, checkedName(said.name ?? plain, folder));
      if (said.child === undefined) return rockRidgeEntry(image, path, identifier, record, extents, said);
      // §4.1.5.1: the record stands for a directory that was moved up; what it is, is written there.
      const moved = await readSelf(image, said.child, spent);
      const there = { ...(await decode(moved, start.others, spent)), name: undefined };
      const extent = { sector: said.child, size: moved.extent.size };
      return rockRidgeEntry(image, path, identifier, moved, [extent], there);
    },
  };
}

function rockRidgeEntry(
  image: RandomAccess,
  path: string,
  identifier: string,
  record: DirectoryRecord,
  extents: readonly IsoExtent[],
  said: RockRidge,
): IsoEntry {
  const kind = kindOf(record, said, path);
  const entry = entryOf(image, kind, path, identifier, record, extents, said.modified ?? record.time);
  return { ...entry, ...attributes(said), ...(kind === 'symlink' && { target: targetOf(said, path) }) };
}

/** The record's own flag decides what is a directory; RRIP §4.1.1's mode decides about everything else. */
function kindOf(record: DirectoryRecord, said: RockRidge, path: string): IsoEntry['type'] {
  if (record.isDirectory) return 'directory';
  const type = said.mode === undefined ? undefined : said.mode & fileType.mask;
  if (type === fileType.symlink || (type === undefined && said.target !== undefined)) return 'symlink';
  if (type === fileType.directory) throw malformed(`"${path}" has the mode of a directory and is none`, path);
  return type === undefined || type === fileType.regular ? 'file' : 'special';
}

function attributes(said: RockRidge): Pick<IsoEntry, 'mode' | 'uid' | 'gid' | 'time'> {
  return {
    ...(said.mode !== undefined && { mode: said.mode & 0o7777 }),
    ...(said.uid !== undefined && { uid: said.uid }),
    ...(said.gid !== undefined && { gid: said.gid }),
    ...(said.modified !== undefined && { time: said.modified }),
  };
}

function targetOf(said: RockRidge, path: string): string {
  if (said.target !== undefined && said.target !== '' && !said.target.includes('\0')) return said.target;
  throw malformed(`the link "${path}" has no target that a system could follow`, path);
}

function rootEntry(root: DirectoryRecord): IsoEntry {
  const time = root.time === undefined ? {} : { time: root.time };
  return { path: '', identifier: '', type: 'directory', size: 0, extents: [root.extent], ...time };
}

function entryOf(
  image: RandomAccess,
  type: IsoEntry['type'],
  path: string,
  identifier: string,
  record: DirectoryRecord,
  extents: readonly IsoExtent[],
  time: number | undefined,
): IsoEntry {
  const facts = { path, identifier, type, ...(time !== undefined && { time }) };
  if (type === 'symlink' || type === 'special') return { ...facts, size: 0, extents: [] };
  if (record.isInterleaved) throw interleaved(path);
  for (const extent of extents) checkWithin(image, extent.sector * SECTOR, extent.size, path);
  const size = extents.reduce((sum, extent) => sum + extent.size, 0);
  // Extents that overlap could make a file of any size out of a small image.
  checkWithin(image, 0, size, path);
  return { ...facts, size: type === 'file' ? size : 0, extents };
}

function interleaved(path: string): IsoError {
  const help = 'Make the image again with a current tool: none of them interleaves files.';
  return new IsoError('INGOT_ISO_UNSUPPORTED', `"${path}" is interleaved (ECMA-119 §6.4.3)`, { path, help });
}

function join(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}
