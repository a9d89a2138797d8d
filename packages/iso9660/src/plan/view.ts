import type { DirectoryNode, TreeNode } from './tree.ts';

/** The tree as one volume descriptor shows it: its own identifiers, order, and (primary) depth. */
export interface ViewDirectory {
  readonly node: DirectoryNode;
  /** Without version, as the view's name scheme writes it; '' for the root. */
  readonly name: string;
  readonly identifier: Uint8Array;
  /** The directory that holds this one in the view; the root is its own. */
  readonly parent: ViewDirectory;
  /** 1 for the root (ECMA-119 §6.8.2). */
  readonly level: number;
  /** Bytes of the path to it, as ECMA-119 §6.8.2.1 counts them. */
  readonly pathLength: number;
  /** Where the directory belongs, if it was moved away from there. */
  readonly movedFrom?: ViewDirectory;
  /** How many directories on the way to it in the tree, itself included, were moved. */
  readonly moves: number;
  /** Sorted by identifier once the view is finished. */
  readonly entries: ViewEntry[];
  /** Extent: set by the layout. */
  sector: number;
  size: number;
  /** First of the sectors with the system use entries that its records have no room for; set by the layout. */
  continuationSector: number;
}

export interface ViewEntry {
  readonly node: TreeNode;
  readonly name: string;
  /** The directory that this entry leads to: its own, or (`moved-away`) the one that stands elsewhere. */
  readonly directory?: ViewDirectory;
  /** `moved-away`: RRIP CL; `moved-here`: RRIP RE; `holder`: the folder of the latter, not in the tree itself. */
  readonly role: 'own' | 'moved-away' | 'moved-here' | 'holder';
}

export interface View {
  /** The identifier (ECMA-119 §9.1.11) of a name; made when it is needed, for there may be 100,000 of them. */
  readonly encodeName: (name: string, isDirectory: boolean) => Uint8Array;
  readonly root: ViewDirectory;
  /** In the order in which they lie in the image. */
  readonly directories: readonly ViewDirectory[];
}

/**
 * ECMA-119 §6.9.1: the order of the path table: by level, then by the parent's number, then by identifier. A name that
 * is the beginning of another comes first, as the fillers of ECMA-119 and Joliet sort below all other characters.
 */
export function pathTableOrder(root: ViewDirectory): ViewDirectory[] {
  const order = [root];
  // The array grows as it is walked: that is the breadth-first order.
  for (const { entries } of order) {
    const children = entries.flatMap((entry) => (entry.role === 'moved-away' ? [] : (entry.directory ?? [])));
    for (const child of children.sort((a, b) => Buffer.compare(a.identifier, b.identifier))) order.push(child);
  }
  return order;
}
