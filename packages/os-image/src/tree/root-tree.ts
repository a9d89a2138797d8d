import type { LayerEntry } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';

type WithoutPath<T> = T extends unknown ? Omit<T, 'path'> : never;

/** What lies at a path, as it can be written again. Two paths that share one object are hard links of each other. */
export type Inode = WithoutPath<Exclude<LayerEntry, { type: 'hardlink' }>>;

interface Node {
  inode: Inode;
  readonly children: Map<string, Node>;
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
      parent.children.set(name, { inode: this.#linked(entry.target, entry.path), children: new Map() });
      return;
    }
    const { path: _, ...inode } = entry;
    const there = parent.children.get(name);
    const stays = inode.type === 'directory' && there?.inode.type === 'directory';
    parent.children.set(name, { inode, children: stays ? there.children : new Map<string, Node>() });
  }

  /** Takes away what lies at a path, with all below; its last name is not followed. */
  remove(path: string): void {
    const names = path.split('/');
    const name = names.pop()!;
    this.#walk(names)?.node.children.delete(name);
  }

  /** Takes away all below a path. */
  clear(path: string): void {
    this.#walk(path === '' ? [] : path.split('/'))?.node.children.clear();
  }

  /** What lies at an absolute or relative path, links followed within the root, and where; undefined for nothing. */
  find(path: string): { readonly path: string; readonly inode: Inode } | undefined {
    const found = this.#walk(path.split('/'));
    return found && { path: found.path, inode: found.node.inode };
  }

  /** The names in a folder, sorted; none where there is no folder. */
  list(path: string): string[] {
    return [...(this.#walk(path.split('/'))?.node.children.keys() ?? [])].sort();
  }

  /** All paths in their order (code units), each with what lies there. */
  *walk(): Generator<readonly [path: string, inode: Inode], void, undefined> {
    const below: { path: string; inode: Inode }[] = [];
    const collect = (node: Node, prefix: string): void => {
      for (const [name, child] of node.children) {
        below.push({ path: prefix + name, inode: child.inode });
        collect(child, `${prefix}${name}/`);
      }
    };
    collect(this.#root, '');
    below.sort((a, b) => (a.path < b.path ? -1 : 1));
    for (const { path, inode } of below) yield [path, inode];
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
      entries.push({ ...inode, path, mtime });
    }
    return entries;
  }

  /** The folder that is to hold something; made where there is none. */
  #folder(names: readonly string[], wanted: string): Node {
    const existing = this.#walk(names, (parent, name) => {
      const made = folder();
      parent.children.set(name, made);
      return made;
    });
    if (existing?.node.inode.type === 'directory') return existing.node;
    throw wrong(
      wanted,
      existing ? `/${existing.path} is a ${existing.node.inode.type}` : 'a link on its way leads in a circle',
    );
  }

  #linked(target: string, path: string): Inode {
    const names = target.split('/');
    const name = names.pop()!;
    const found = this.#walk(names)?.node.children.get(name);
    if (found === undefined) throw wrong(path, `it is a hard link to ${target}, which is not there`);
    if (found.inode.type === 'directory') throw wrong(path, `it is a hard link to ${target}, a folder`);
    return found.inode;
  }

  /** path_resolution(7) in a chroot: `..` of the root is the root. Undefined: nothing there, or links without end. */
  #walk(
    names: readonly string[],
    make?: (parent: Node, name: string) => Node,
  ): { readonly node: Node; readonly path: string } | undefined {
    const trail: { readonly name: string; readonly node: Node }[] = [];
    const rest = names.toReversed();
    for (let links = 0; rest.length > 0;) {
      const name = rest.pop()!;
      if (name === '' || name === '.') continue;
      if (name === '..') {
        trail.pop();
        continue;
      }
      const parent = trail.at(-1)?.node ?? this.#root;
      const node = parent.children.get(name) ?? (parent.inode.type === 'directory' ? make?.(parent, name) : undefined);
      if (node === undefined) return undefined;
      if (node.inode.type !== 'symlink') {
        trail.push({ name, node });
        continue;
      }
      if (++links > maxLinks) return undefined;
      const { target } = node.inode;
      if (target.startsWith('/')) trail.length = 0;
      rest.push(...target.split('/').toReversed());
    }
    return { node: trail.at(-1)?.node ?? this.#root, path: trail.map(({ name }) => name).join('/') };
  }
}

function folder(): Node {
  return { inode: { type: 'directory', mode: 0o755, uid: 0, gid: 0 }, children: new Map() };
}

function wrong(path: string, why: string): ProjectError {
  return new ProjectError('INGOT_ROOTFS_PATH', `nothing can lie at /${path}: ${why}`, {
    path,
    help: 'give it another destination, or remove what stands in its way',
  });
}
