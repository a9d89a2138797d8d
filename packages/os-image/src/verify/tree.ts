import type { TarMember } from '@ingot/content';

/** As many as Linux follows (path_resolution(7)). */
const maxLinks = 40;

/** What is kept of a member: there are hundreds of thousands. */
export type Kept = Pick<TarMember, 'type' | 'mode' | 'target'>;

/** A root file system by its paths, for rules that look into it. */
export class Tree {
  readonly #members = new Map<string, Kept>();

  /** Undefined where there was none before. */
  add(path: string, { type, mode, target }: TarMember): Kept | undefined {
    const before = this.#members.get(path);
    this.#members.set(path, { type, mode, target });
    return before;
  }

  get paths(): IterableIterator<string> {
    return this.#members.keys();
  }

  /** What a path leads to, links followed within the root; undefined for nothing. */
  find(path: string): Kept | undefined {
    let names = path.split('/').filter((name) => name !== '');
    let links = 0;
    for (let i = 0; i < names.length; i += 1) {
      const here = names.slice(0, i + 1).join('/');
      const member = this.#members.get(here);
      if (member?.type === 'symlink') {
        links += 1;
        if (links > maxLinks) return undefined;
        names = joined(names.slice(0, i), member.target, names.slice(i + 1));
        i = -1;
      }
    }
    const found = this.#members.get(names.join('/'));
    return found?.type === 'hardlink' ? this.#members.get(plain(found.target)) : found;
  }
}

function joined(folder: readonly string[], target: string, rest: readonly string[]): string[] {
  const names = target.startsWith('/') ? [] : [...folder];
  for (const name of [...target.split('/'), ...rest]) {
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  }
  return names;
}

/** `./usr//bin/` → `usr/bin`. */
export function plain(path: string): string {
  return path
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .join('/');
}
