import type { LayerEntry } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';

/**
 * What lies at a path; its own `path` is where it came from. Two paths that share one object are hard links of each other.
 */
export type Inode = Exclude<LayerEntry, { type: 'hardlink' }>;

/** A root has some 100,000 of them: what is no folder has no map. */
interface Node {
  readonly inode: Inode;
  readonly children: Map<string, Node> | undefined;
}

/** As many as Linux follows (path_resolution(7)). */
const maxLinks = 40;

/**
 * A root file system as a tree of entries; contents stay where they are. Layers are laid over each other by `put` and
 * `remove`; what it comes to is given by `entries`.
 */
export class RootTree {
  readonly #root: Node = folder();

  /**
   * Lays an entry over what is there, as tar would unpack it in a chroot: a folder joins a folder, anything else takes
   * the place; a link among its parents is followed within the root. Throws ProjectError INGOT_ROOTFS_PATH.
   */
  put(entry: LayerEntry): void {
    const names = entry.path.split('/');
    const name = names.pop()!;
    const parent = this.#folder(names, entry.path);
    if (entry.type === 'hardlink') {
      parent.set(name, { inode: this.#linked(entry.target, entry.path), children: undefined });
    } else if (entry.type === 'directory') {
      parent.set(name, { inode: entry, children: parent.get(name)?.children ?? new Map<string, Node>() });
    } else {
      parent.set(name, { inode: entry, children: undefined });
    }
  }

  /** Takes away what lies at a path, with all below; its last name is not followed. */
  remove(path: string): void {
    const names = path.split('/');
    const name = names.pop()!;
    this.#walk(names)?.node.children?.delete(name);
  }

  /** Takes away all below a path. */
  clear(path: string): void {
    this.#walk(path === '' ? [] : path.split('/'))?.node.children?.clear();
  }

  /** What lies at an absolute or relative path, links followed within the root, and where; undefined for nothing. */
  find(path: string): { readonly path: string; readonly inode: Inode } | undefined {
    const found = this.#walk(path.split('/'));
    return found && { path: found.path, inode: found.node.inode };
  }

  /** The names in a folder, sorted; none where there is no folder. */
  list(path: string): string[] {
    return [...(this.#walk(path.split('/'))?.node.children?.keys() ?? [])].sort();
  }

  /** All paths in their order (code units), each with what lies there. */
  *walk(): Generator<readonly [path: string, inode: Inode], void, undefined> {
    const all: [path: string, inode: Inode][] = [];
    const collect = (children: Node['children'], prefix: string): void => {
      for (const [name, child] of children ?? []) {
        const path = prefix + name;
        all.push([child.inode.path === path ? child.inode.path : path, child.inode]);
        if (child.children) collect(child.children, `${path}/`);
      }
    };
    collect(this.#root.children, '');
    yield* all.sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /**
   * All entries, sorted; of hard links the first name is the file. A time after `time` becomes `time`, one without is it.
   * @param time seconds since 1970
   */
  entries(time: number): LayerEntry[] {
    const files = new Map<Inode, string>();
    const entries: LayerEntry[] = [];
    for (const [path, inode] of this.walk()) {
      const mtime = Math.min(inode.mtime ?? time, time);
      const first = files.get(inode);
      if (first !== undefined) {
        const { mode, uid, gid } = inode;
        entries.push({ type: 'hardlink', path, target: first, mode, uid, gid, mtime });
        continue;
      }
      if (inode.type === 'file') files.set(inode, path);
      entries.push(inode.path === path && inode.mtime === mtime ? inode : { ...inode, path, mtime });
    }
    return entries;
  }

  /** The folder that is to hold something; made where there is none. */
  #folder(names: readonly string[], wanted: string): Map<string, Node> {
    const existing = this.#walk(names, true);
    if (existing?.node.children) return existing.node.children;
    throw wrong(
      wanted,
      existing ? `/${existing.path} is a ${existing.node.inode.type}` : 'a link on its way leads in a circle',
    );
  }

  #linked(target: string, path: string): Inode {
    const names = target.split('/');
    const name = names.pop()!;
    const found = this.#walk(names)?.node.children?.get(name);
    if (found === undefined) throw wrong(path, `it is a hard link to ${target}, which is not there`);
    if (found.inode.type === 'directory') throw wrong(path, `it is a hard link to ${target}, a folder`);
    return found.inode;
  }

  /**
   * path_resolution(7) in a chroot: `..` of the root is the root. Undefined: nothing there, or links without end.
   * @param make whether folders are made where there is nothing
   */
  #walk(names: readonly string[], make = false): { readonly node: Node; readonly path: string } | undefined {
    const trail: { readonly name: string; readonly node: Node }[] = [];
    const rest = names.toReversed();
    for (let links = 0; rest.length > 0;) {
      const name = rest.pop()!;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        trail.pop();
        continue;
      }
      const children = (trail.at(-1)?.node ?? this.#root).children;
      const node = children?.get(name) ?? (make ? madeFolder(children, name) : undefined);
      if (node === undefined) return make ? ending(trail, this.#root) : undefined;
      if (node.inode.type !== 'symlink') {
        trail.push({ name, node });
        continue;
      }
      if (++links > maxLinks) return undefined;
      const { target } = node.inode;
      if (target.startsWith('/')) trail.length = 0;
      rest.push(...target.split('/').toReversed());
    }
    return ending(trail, this.#root);
  }
}

function ending(trail: readonly { readonly name: string; readonly node: Node }[], root: Node) {
  return { node: trail.at(-1)?.node ?? root, path: trail.map(({ name }) => name).join('/') };
}

function folder(): Node {
  return { inode: { type: 'directory', path: '', mode: 0o755, uid: 0, gid: 0 }, children: new Map() };
}

/** Undefined: what should hold it is no folder. */
function madeFolder(children: Node['children'], name: string): Node | undefined {
  const made = children && folder();
  if (made) children.set(name, made);
  return made;
}

function wrong(path: string, why: string): ProjectError {
  return new ProjectError('INGOT_ROOTFS_PATH', `nothing can lie at /${path}: ${why}`, {
    path,
    help: 'give it another destination, or remove what stands in its way',
  });
}
