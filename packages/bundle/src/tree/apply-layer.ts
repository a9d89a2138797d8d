import { walkStream, type TarMember, type TarReader } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { tooLarge } from './limits.ts';
import { rootPath } from './root-path.ts';
import { largestFile, longestTarget, type TreeEntry } from './tree.ts';

const whiteout = '.wh.';
const opaque = '.wh..wh..opq';

/** What layers were unpacked to so far. */
export interface Unpacked {
  readonly entries: Map<string, TreeEntry>;
  /** How many more entries the tars may have. */
  left: number;
}

/**
 * Unpacks a layer over those below it as containerd's archive.Apply does it for rukpak and OLM (pkg/archive/tar.go,
 * applyNaive, createTarFile): whiteouts delete, links on the way to a path are followed within the root, a folder is
 * merged with a folder and all else replaces. `layer`: its name, for errors. Throws ProjectError INGOT_BUNDLE_LAYER
 * (what containerd would not unpack, and paths that lead out), INGOT_BUNDLE_LIMIT, and ContentError INGOT_TAR.
 */
export async function applyLayer(unpacked: Unpacked, layer: string, tar: AsyncIterable<Uint8Array>): Promise<void> {
  const own = new Set<string>();
  await walkStream(layer, tar, async (member, reader) => {
    if (--unpacked.left < 0) throw tooLarge(layer, 'and those below it hold too many entries');
    const names = namesOf(member.path, layer);
    const base = names.pop();
    if (base === undefined) return;
    const parent = makeParents(unpacked.entries, names, layer);
    const path = parent === '' ? base : `${parent}/${base}`;
    if (base === opaque) clear(unpacked.entries, parent, own);
    else if (base.startsWith(whiteout)) remove(unpacked.entries, join(parent, base.slice(whiteout.length)));
    else {
      const content = member.type === 'file' ? await contentOf(member, reader, layer) : undefined;
      put(unpacked.entries, path, member, content, layer);
      own.add(path);
    }
  });
}

async function contentOf(
  { offset, size }: TarMember,
  reader: TarReader,
  layer: string,
): Promise<Uint8Array | undefined> {
  if (size > largestFile) return undefined;
  const content = Uint8Array.from(await reader.read(offset, size));
  if (content.length < size) throw notUnpacked(layer, 'ends within a file');
  return content;
}

function put(
  entries: Map<string, TreeEntry>,
  path: string,
  member: TarMember,
  content: Uint8Array | undefined,
  layer: string,
): void {
  // Before what is there is replaced: it may be itself.
  const entry = entryOf(entries, path, member, content, layer);
  if (!(entries.get(path)?.type === 'directory' && entry.type === 'directory')) remove(entries, path);
  entries.set(path, entry);
}

function entryOf(
  entries: ReadonlyMap<string, TreeEntry>,
  path: string,
  { type, mode, size, target }: TarMember,
  content: Uint8Array | undefined,
  layer: string,
): TreeEntry {
  switch (type) {
    case 'file':
      return { path, mode, type, size, content };
    case 'directory':
      return { path, mode, type };
    case 'symlink':
      if (Buffer.byteLength(target) > longestTarget) {
        throw notUnpacked(layer, `has ${shown(path)} as a link to a target of more than ${longestTarget} bytes`);
      }
      // Linux has no other mode of them.
      return { path, mode: 0o777, type, target };
    case 'hardlink': {
      const names = namesOf(target, layer);
      const base = names.pop() ?? '';
      const there = entries.get(join(rootPath(entries, names) ?? '', base));
      if (there === undefined || there.type === 'directory') {
        throw notUnpacked(layer, `has ${shown(path)} as a hard link to ${shown(target)}, which is no file there`);
      }
      return { ...there, path, mode };
    }
    case 'character':
    case 'block':
    case 'fifo':
      return { path, mode, type: 'other' };
    default:
      throw notUnpacked(layer, `has ${shown(path)} as an entry of a type that is not unpacked`);
  }
}

/** Makes the folders on the way, with 0755, where they are not there; the path that they are at behind all links. */
function makeParents(entries: Map<string, TreeEntry>, names: readonly string[], layer: string): string {
  const parent = rootPath(entries, names);
  if (parent === undefined) throw notUnpacked(layer, `has ${shown(names.join('/'))} behind links that go in circles`);
  for (let end = parent.indexOf('/'); parent !== ''; end = parent.indexOf('/', end + 1)) {
    const path = end < 0 ? parent : parent.slice(0, end);
    const there = entries.get(path);
    if (there === undefined) entries.set(path, { path, mode: 0o755, type: 'directory' });
    else if (there.type !== 'directory')
      throw notUnpacked(layer, `has something within ${shown(path)}, which is no folder`);
    if (end < 0) break;
  }
  return parent;
}

function remove(entries: Map<string, TreeEntry>, path: string): void {
  const type = entries.get(path)?.type;
  entries.delete(path);
  if (type === 'directory') clear(entries, path, new Set());
}

/** Removes all that is in a folder but what `keep` names; with a folder goes what is in it. */
function clear(entries: Map<string, TreeEntry>, folder: string, keep: ReadonlySet<string>): void {
  const above = folder === '' ? 0 : folder.length + 1;
  const goes = (path: string): boolean => {
    for (let end = path.indexOf('/', above); end >= 0; end = path.indexOf('/', end + 1)) {
      if (!keep.has(path.slice(0, end))) return true;
    }
    return !keep.has(path);
  };
  const prefix = folder === '' ? '' : `${folder}/`;
  for (const path of [...entries.keys()]) if (path.startsWith(prefix) && goes(path)) entries.delete(path);
}

/** `./a//b/` → a, b. containerd would move what leads out below the root; nobody writes that without a bad intent. */
function namesOf(path: string, layer: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (names.includes('..') || path.includes('\0')) throw notUnpacked(layer, `has the path ${shown(path)}`);
  return names;
}

function join(parent: string, base: string): string {
  return parent === '' ? base : `${parent}/${base}`;
}

function shown(path: string): string {
  return JSON.stringify(path);
}

function notUnpacked(layer: string, what: string): ProjectError {
  return new ProjectError('INGOT_BUNDLE_LAYER', `${layer} ${what}`, {
    help: 'Unpackers stop there: build the image again, from folders and plain files.',
  });
}
