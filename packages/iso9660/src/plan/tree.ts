import { IsoError } from '../error.ts';
import type { IsoPlanExtent } from './plan.ts';
import type { IsoFileInput, IsoInput } from './input.ts';
import { checkTarget, segmentsOf } from './path.ts';

/** A tree of what goes in, before any view of it. Children are sorted by code unit once the tree is finished. */
export type TreeNode = DirectoryNode | FileNode | SymlinkNode;

export interface DirectoryNode {
  readonly type: 'directory';
  readonly name: string;
  readonly path: string;
  mode: number;
  /** Whether an input gave it; else it was made because something lies in it. */
  given: boolean;
  readonly byName: Map<string, TreeNode>;
  children: TreeNode[];
}

export interface FileNode {
  readonly type: 'file';
  readonly name: string;
  readonly path: string;
  readonly mode: number;
  readonly input: IsoFileInput;
  /** Set by the layout. Files of equal content have the same. */
  extent: IsoPlanExtent | undefined;
}

export interface SymlinkNode {
  readonly type: 'symlink';
  readonly name: string;
  readonly path: string;
  readonly mode: number;
  readonly target: string;
}

/** RRIP §4.1.1: the file type bits of st_mode. */
const typeBits = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;

/** Throws INGOT_ISO_PATH, _NAME_LENGTH, _LINK_TARGET, _DUPLICATE, _PARENT, _MODE, _SIZE or _DIGEST. */
export function buildTree(inputs: Iterable<IsoInput>): DirectoryNode {
  const root = directoryNode('', '', 0o555);
  for (const input of inputs) add(root, input);
  for (const node of directoriesOf(root)) {
    node.children = [...node.byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    node.byName.clear();
  }
  return root;
}

/** Every directory, the root first. Not recursive: a tree may be deeper than the stack. */
function* directoriesOf(root: DirectoryNode): Iterable<DirectoryNode> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (const child of node.children) if (child.type === 'directory') waiting.push(child);
  }
}

/** Every file, in the order of the tree. */
export function* filesOf(root: DirectoryNode): Iterable<FileNode> {
  const waiting: TreeNode[] = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (node.type === 'file') yield node;
    if (node.type === 'directory') waiting.push(...node.children.toReversed());
  }
}

function add(root: DirectoryNode, input: IsoInput): void {
  const segments = segmentsOf(input.path);
  const name = segments.pop() ?? '';
  const parent = parentOf(root, segments, input.path);
  const there = parent.byName.get(name);
  if (there?.type === 'directory' && input.type === 'directory' && !there.given) {
    there.mode = modeOf(input, 0o555);
    there.given = true;
    return;
  }
  if (there?.type === 'directory' && !there.given) throw parentIsNoDirectory(input.path);
  if (there !== undefined) {
    throw new IsoError('INGOT_ISO_DUPLICATE', `${JSON.stringify(input.path)} is there twice`, {
      path: input.path,
      help: 'Give each path once.',
    });
  }
  parent.byName.set(name, nodeOf(input, name));
}

function parentOf(root: DirectoryNode, segments: readonly string[], path: string): DirectoryNode {
  let at = root;
  for (const [index, segment] of segments.entries()) {
    let next = at.byName.get(segment);
    if (next === undefined) {
      next = directoryNode(segment, segments.slice(0, index + 1).join('/'), 0o555);
      at.byName.set(segment, next);
    }
    if (next.type !== 'directory') throw parentIsNoDirectory(next.path, path);
    at = next;
  }
  return at;
}

function parentIsNoDirectory(parent: string, child?: string): IsoError {
  const what = child === undefined ? 'other paths lie in it' : `${JSON.stringify(child)} lies in it`;
  return new IsoError('INGOT_ISO_PARENT', `${JSON.stringify(parent)} is no directory, but ${what}`, { path: parent });
}

export function directoryNode(name: string, path: string, permissions: number, given = false): DirectoryNode {
  const mode = typeBits.directory | permissions;
  return { type: 'directory', name, path, mode, given, byName: new Map(), children: [] };
}

function nodeOf(input: IsoInput, name: string): TreeNode {
  const { path } = input;
  switch (input.type) {
    case 'directory':
      return directoryNode(name, path, modeOf(input, 0o555), true);
    case 'symlink':
      checkTarget(path, input.target);
      return { type: 'symlink', name, path, mode: typeBits.symlink | 0o777, target: input.target };
    case 'file':
      checkFile(input);
      return { type: 'file', name, path, mode: modeOf(input, 0o444), input, extent: undefined };
  }
}

function modeOf(input: Exclude<IsoInput, { type: 'symlink' }>, otherwise: number): number {
  const { mode = otherwise } = input;
  if (Number.isInteger(mode) && mode >= 0 && mode <= 0o7777) return typeBits[input.type] | mode;
  throw new IsoError('INGOT_ISO_MODE', `${JSON.stringify(input.path)} has a mode that is none: ${mode}`, {
    path: input.path,
    help: 'Give the permission bits only, 0 to 0o7777.',
  });
}

function checkFile(input: IsoFileInput): void {
  const { path, size, content, digest } = input;
  if (!Number.isSafeInteger(size) || size < 0) {
    throw new IsoError('INGOT_ISO_SIZE', `${JSON.stringify(path)} has a size that is none: ${size}`, { path });
  }
  if ('bytes' in content && content.bytes.length !== size) {
    throw new IsoError(
      'INGOT_ISO_CONTENT_SIZE',
      `${JSON.stringify(path)} should have ${size} bytes, but its content has ${content.bytes.length}`,
      { path },
    );
  }
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    throw new IsoError('INGOT_ISO_DIGEST', `${JSON.stringify(path)} has a digest that is none: ${digest}`, {
      path,
      help: 'Write it as sha256: and 64 lower-case hex digits.',
    });
  }
}
