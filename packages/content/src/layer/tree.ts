import { ContentError } from '../error.ts';
import type { LayerDirectory, LayerEntry, LayerHardlink } from './entry.ts';

/**
 * The entries in the order of the tar: by path (code units), missing parents made (0755, 0:0), hard links last, since
 * a reader must have their file by then. Pure. Throws ContentError INGOT_LAYER_PATH, INGOT_LAYER_DUPLICATE,
 * INGOT_LAYER_LINK, INGOT_LAYER_ENTRY.
 */
export function arrange(entries: Iterable<LayerEntry>): LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  for (const entry of entries) {
    checkEntry(entry);
    if (byPath.has(entry.path)) throw duplicate(entry.path);
    byPath.set(entry.path, entry);
  }
  for (const path of [...byPath.keys()]) addParents(path, byPath);
  const sorted = [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const links = sorted.filter((entry) => entry.type === 'hardlink');
  for (const link of links) checkLink(link, byPath);
  return [...sorted.filter((entry) => entry.type !== 'hardlink'), ...links];
}

function addParents(path: string, byPath: Map<string, LayerEntry>): void {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const parent = path.slice(0, end);
    const there = byPath.get(parent);
    if (there === undefined) byPath.set(parent, madeDirectory(parent));
    else if (there.type === 'directory') return;
    else throw badPath(path, `${parent} is a ${there.type}, so nothing can lie in it`);
  }
}

function madeDirectory(path: string): LayerDirectory {
  return { type: 'directory', path, mode: 0o755, uid: 0, gid: 0 };
}

function checkEntry(entry: LayerEntry): void {
  checkPath(entry.path, entry.path);
  const { mode, uid, gid } = entry;
  if (!whole(mode, 0o7777)) throw badEntry(entry, `its mode is ${mode}`, 'A mode is a number from 0 to 07777.');
  // uid_t and gid_t have 32 bits; the last value means "none" to chown(2).
  if (!whole(uid, 2 ** 32 - 2)) throw badEntry(entry, `its uid is ${uid}`, 'A uid is a number below 4294967295.');
  if (!whole(gid, 2 ** 32 - 2)) throw badEntry(entry, `its gid is ${gid}`, 'A gid is a number below 4294967295.');
  if (entry.type === 'hardlink') checkPath(entry.target, entry.path);
  if (entry.type === 'symlink') checkTarget(entry.path, entry.target);
  if (entry.mtime !== undefined && !whole(entry.mtime, 8.64e12)) {
    throw badEntry(entry, `its time is ${entry.mtime}`, 'A time is whole seconds since 1970.');
  }
  for (const name of Object.keys(entry.xattrs ?? {})) {
    // xattr(7): a namespace, a dot, a name; pax ends the key at "=".
    if (!/^[a-z]+\.[^=\0\n]{1,247}$/.test(name)) {
      throw badEntry(entry, `it has the attribute ${shown(name)}`, 'An attribute is called like user.comment.');
    }
  }
  // dev_t of Linux: 12 bits and 20 bits.
  const isDevice = entry.type === 'character' || entry.type === 'block';
  if (isDevice && !(whole(entry.major, 0xfff) && whole(entry.minor, 0xfffff))) {
    throw badEntry(entry, `its device is ${entry.major}:${entry.minor}`, 'Devices go up to 4095:1048575.');
  }
  if (entry.type === 'file' && !whole(entry.size, Number.MAX_SAFE_INTEGER)) {
    throw badEntry(entry, `its size is ${entry.size}`, 'A size is a number of bytes.');
  }
}

function checkPath(path: string, named: string): void {
  if (path === '') throw badPath(named, 'it is empty');
  if (path.startsWith('/')) throw badPath(named, 'it begins with a slash');
  checkText(path, named);
  for (const name of path.split('/')) {
    if (name === '') throw badPath(named, 'it has an empty name in it');
    if (name === '.' || name === '..') throw badPath(named, `it has "${name}" in it`);
    if (Buffer.byteLength(name) > 255) throw badPath(named, 'a name in it is longer than 255 bytes');
    // OCI image-spec, layer.md § Whiteouts: such a file would delete another one instead of being there.
    if (name.startsWith('.wh.')) throw badPath(named, 'names that begin with ".wh." delete files of lower layers');
  }
}

function checkTarget(path: string, target: string): void {
  if (target === '') throw badPath(path, 'its link leads nowhere');
  checkText(target, path);
}

function checkText(text: string, named: string): void {
  if (text.includes('\0')) throw badPath(named, 'it has a NUL in it');
  if (/\p{Surrogate}/u.test(text)) throw badPath(named, 'it is not sound Unicode');
  // PATH_MAX of Linux, with its NUL.
  if (Buffer.byteLength(text) > 4095) throw badPath(named, 'it is longer than 4095 bytes');
}

function checkLink(link: LayerHardlink, byPath: ReadonlyMap<string, LayerEntry>): void {
  const type = byPath.get(link.target)?.type;
  if (type === 'file') return;
  const what = type === undefined ? 'is not in the layer' : `is a ${type}`;
  throw new ContentError('INGOT_LAYER_LINK', `${shown(link.path)} is a hard link to ${link.target}, which ${what}`, {
    path: link.path,
    help: 'A hard link names a file of the same layer; use a symbolic link for anything else.',
  });
}

function whole(value: number, most: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= most;
}

function duplicate(path: string): ContentError {
  return new ContentError('INGOT_LAYER_DUPLICATE', `${shown(path)} is twice in the layer`, {
    path,
    help: 'Give one of the two another destination, or leave it out.',
  });
}

function badPath(path: string, why: string): ContentError {
  return new ContentError('INGOT_LAYER_PATH', `${shown(path)} cannot be in a layer: ${why}`, {
    path,
    help: 'A path in a layer is relative to the root, with a slash between names, and without "." and "..".',
  });
}

function badEntry(entry: LayerEntry, why: string, help: string): ContentError {
  return new ContentError('INGOT_LAYER_ENTRY', `${shown(entry.path)} cannot be in a layer: ${why}`, {
    path: entry.path,
    help,
  });
}

function shown(path: string): string {
  return JSON.stringify(path);
}
