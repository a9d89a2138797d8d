import { selfIdentifier } from '../record/directory-record.ts';
import { compareJoliet, encodeJolietName, jolietNames } from './joliet-names.ts';
import type { DirectoryNode } from './tree.ts';
import { uniqueNames } from './unique-names.ts';
import type { View, ViewDirectory } from './view.ts';

/** The Joliet tree: the tree as it is, however deep; without symbolic links, which Joliet does not know. */
export function jolietView(tree: DirectoryNode): View {
  const root = place(tree, '', selfIdentifier, undefined);
  const directories = [root];
  for (const directory of directories) {
    const nodes = directory.node.children.filter((node) => node.type !== 'symlink');
    const names = uniqueNames(nodes, jolietNames);
    for (const [index, node] of nodes.entries()) {
      const name = names[index] ?? '';
      if (node.type === 'directory') {
        const child = place(node, name, encodeJolietName(name, true), directory);
        directory.entries.push({ node, name, directory: child, role: 'own' });
      } else {
        directory.entries.push({ node, name, role: 'own' });
      }
    }
    directory.entries.sort((a, b) => compareJoliet(a.name, b.name));
    for (const entry of directory.entries) if (entry.directory !== undefined) directories.push(entry.directory);
  }
  return { root, directories, encodeName: encodeJolietName };
}

function place(
  node: DirectoryNode,
  name: string,
  identifier: Uint8Array,
  parent: ViewDirectory | undefined,
): ViewDirectory {
  const made = {
    node,
    name,
    identifier,
    level: (parent?.level ?? 0) + 1,
    pathLength: 0,
    moves: 0,
    entries: [],
    sector: 0,
    size: 0,
    continuationSector: 0,
  };
  return rooted(made, parent);
}

/** The root is its own parent (ECMA-119 §6.8.2.2), which no literal can say. */
export function rooted(made: Omit<ViewDirectory, 'parent'>, parent: ViewDirectory | undefined): ViewDirectory {
  const directory = made as { -readonly [K in keyof ViewDirectory]: ViewDirectory[K] };
  directory.parent = parent ?? directory;
  return directory;
}
