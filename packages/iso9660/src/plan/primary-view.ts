import { selfIdentifier } from '../record/directory-record.ts';
import { rooted } from './joliet-view.ts';
import { comparePrimary, encodePrimaryName, primaryNames } from './primary-names.ts';
import { directoryNode } from './tree.ts';
import type { DirectoryNode, TreeNode } from './tree.ts';
import { freeName, uniqueNames } from './unique-names.ts';
import type { View, ViewDirectory } from './view.ts';

/** ECMA-119 §6.8.2.1: at most eight levels, the root being the first. */
const deepestLevel = 8;
/** ECMA-119 §6.8.2.1: a path has at most 255 bytes; the longest file identifier is 30 + '.' + ';1'. */
const longestPath = 255 - 33;

/** Where mkisofs and xorriso put moved directories, and where libarchive looks for them; then libarchive's other. */
const movedFolders = ['rr_moved', '.rr_moved', 'rr_moved_'];

/**
 * The primary tree. Directories that lie too deep for it stand in a folder of the root; RRIP §4.1.5 (CL, PL, RE)
 * puts them back for those who read Rock Ridge.
 */
export function primaryView(tree: DirectoryNode): View {
  const root = place(tree, '', selfIdentifier, undefined);
  const building: Building = { root, directories: [root], moved: undefined, movedNames: new Set() };
  for (const directory of building.directories) fill(building, directory);
  for (const { entries } of building.directories) entries.sort((a, b) => comparePrimary(a.name, b.name));
  return { root, directories: inReadingOrder(building), encodeName: encodePrimaryName };
}

/**
 * The root, the folder of moved directories, then those directories that have been moved most often on the way, and so
 * on, each after the one that holds it. libarchive reads an image from front to back, and puts a moved directory into
 * its place when it meets the record that stands for it (RRIP §4.1.5.1): all that was moved must be known by then.
 */
function inReadingOrder({ root, directories, moved }: Building): ViewDirectory[] {
  const first = moved === undefined ? [root] : [root, moved];
  const others = directories.filter((directory) => !first.includes(directory));
  return [...first, ...others.sort((a, b) => b.moves - a.moves)];
}

interface Building {
  readonly root: ViewDirectory;
  readonly directories: ViewDirectory[];
  moved: ViewDirectory | undefined;
  readonly movedNames: Set<string>;
}

function fill(building: Building, directory: ViewDirectory): void {
  const nodes = directory.node.children;
  const names = uniqueNames(nodes, primaryNames);
  for (const [index, node] of nodes.entries()) {
    const name = names[index] ?? '';
    if (node.type !== 'directory') {
      directory.entries.push({ node, name, role: 'own' });
      continue;
    }
    const identifier = encodePrimaryName(name, true);
    if (isTooDeep(directory, identifier)) {
      const child = move(building, node, directory);
      directory.entries.push({ node, name, directory: child, role: 'moved-away' });
    } else {
      const child = place(node, name, identifier, directory);
      directory.entries.push({ node, name, directory: child, role: 'own' });
      building.directories.push(child);
    }
  }
}

function isTooDeep(parent: ViewDirectory, identifier: Uint8Array): boolean {
  return parent.level >= deepestLevel || parent.pathLength + identifier.length + 1 > longestPath;
}

function move(building: Building, node: DirectoryNode, movedFrom: ViewDirectory): ViewDirectory {
  const folder = (building.moved ??= movedFolder(building));
  // Named after the whole path, since directories of one name come here from many places.
  const named = { name: node.path.replaceAll('/', '_'), type: node.type };
  const name = freeName(named, primaryNames, building.movedNames);
  const identifier = encodePrimaryName(name, true);
  const child = place(node, name, identifier, folder, movedFrom);
  folder.entries.push({ node, name, directory: child, role: 'moved-here' });
  building.directories.push(child);
  return child;
}

/** The first of the names that is free, or is a directory of the tree, which then holds both. */
function movedFolder({ root, directories, movedNames }: Building): ViewDirectory {
  const inTree = (name: string): TreeNode | undefined => root.node.children.find((node) => node.name === name);
  let name = movedFolders.find((each) => (inTree(each)?.type ?? 'directory') === 'directory') ?? 'rr_moved';
  while ((inTree(name)?.type ?? 'directory') !== 'directory') name += '_';
  const existing = directories.find((each) => each !== root && each.parent === root && each.node.name === name);
  if (existing !== undefined) {
    for (const entry of existing.entries) movedNames.add(entry.name);
    return existing;
  }
  const taken = new Set(root.entries.map((entry) => entry.name));
  const plain = primaryNames.plain(name, true) ?? '';
  const identifierName = taken.has(plain) ? freeName({ name, type: 'directory' }, primaryNames, taken) : plain;
  const identifier = encodePrimaryName(identifierName, true);
  const node = directoryNode(name, name, 0o555);
  const folder = place(node, identifierName, identifier, root);
  root.entries.push({ node, name: identifierName, directory: folder, role: 'holder' });
  directories.push(folder);
  return folder;
}

function place(
  node: DirectoryNode,
  name: string,
  identifier: Uint8Array,
  parent: ViewDirectory | undefined,
  movedFrom?: ViewDirectory,
): ViewDirectory {
  const made = {
    node,
    name,
    identifier,
    level: (parent?.level ?? 0) + 1,
    pathLength: parent === undefined ? 0 : parent.pathLength + identifier.length + 1,
    moves: movedFrom === undefined ? (parent?.moves ?? 0) : movedFrom.moves + 1,
    entries: [],
    sector: 0,
    size: 0,
    continuationSector: 0,
    ...(movedFrom === undefined ? {} : { movedFrom }),
  };
  return rooted(made, parent);
}
