import type { TreeEntry } from './tree.ts';

/** As containerd's continuity fs.RootPath has it. */
const mostLinks = 255;

/**
 * Where a path leads when every link on the way is followed within the root: absolute ones begin there, and `..` does not
 * go above it. Names that are not there stay as they are. Undefined where links go in circles.
 */
export function rootPath(entries: ReadonlyMap<string, TreeEntry>, names: readonly string[]): string | undefined {
  const pending = [...names].reverse();
  let done: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const name = pending.pop() ?? '';
    if (name === '' || name === '.') continue;
    if (name === '..') {
      done.pop();
      continue;
    }
    const entry = entries.get([...done, name].join('/'));
    if (entry?.type !== 'symlink') {
      done.push(name);
      continue;
    }
    if (++links > mostLinks) return undefined;
    if (entry.target.startsWith('/')) done = [];
    pushTarget(pending, entry.target);
  }
  return done.join('/');
}

/** What a link in an unpacked bundle leads to; undefined where it leads out of the bundle, or to nothing. */
export function followed(entries: ReadonlyMap<string, TreeEntry>, path: string): TreeEntry | undefined {
  const pending = path.split('/').reverse();
  const done: string[] = [];
  let links = 0;
  while (pending.length > 0) {
    const name = pending.pop() ?? '';
    if (name === '' || name === '.') continue;
    if (name === '..') {
      if (done.pop() === undefined) return undefined;
      continue;
    }
    const entry = entries.get([...done, name].join('/'));
    if (entry === undefined) return undefined;
    if (entry.type !== 'symlink') {
      done.push(name);
      continue;
    }
    // Bundles are unpacked to a folder of the unpacker's own: its root is not theirs.
    if (entry.target.startsWith('/') || ++links > mostLinks) return undefined;
    pushTarget(pending, entry.target);
  }
  return entries.get(done.join('/'));
}

function pushTarget(pending: string[], target: string): void {
  // One by one: there may be more than a call takes arguments.
  for (const name of target.split('/').reverse()) pending.push(name);
}
