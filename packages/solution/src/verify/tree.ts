import type { IsoEntry } from '@ingot/iso9660';

/** Links that are followed on the way to one path, as in Linux (MAXSYMLINKS). */
const mostLinks = 40;

/** The archive's tree as a mounted ISO shows it: links lead on, but never out of it. */
export class Tree {
  readonly entries: readonly IsoEntry[];
  readonly #byPath = new Map<string, IsoEntry>();
  readonly #children = new Map<string, string[]>();

  constructor(entries: readonly IsoEntry[]) {
    this.entries = entries;
    for (const entry of entries) {
      const slash = entry.path.lastIndexOf('/');
      const folder = slash < 0 ? '' : entry.path.slice(0, slash);
      this.#byPath.set(entry.path, entry);
      const siblings = this.#children.get(folder);
      if (siblings === undefined) this.#children.set(folder, [entry.path.slice(slash + 1)]);
      else siblings.push(entry.path.slice(slash + 1));
    }
  }

  /** The file or folder that `path` leads to; undefined where there is none, or a link leads astray. */
  resolve(path: string): IsoEntry | undefined {
    let links = 0;
    const pending = path.split('/').reverse();
    const done: string[] = [];
    let entry: IsoEntry | undefined;
    while (pending.length > 0) {
      const name = pending.pop();
      if (name === undefined || name === '' || name === '.') continue;
      if (name === '..') {
        if (done.pop() === undefined) return undefined;
        entry = undefined;
        continue;
      }
      entry = this.#byPath.get([...done, name].join('/'));
      if (entry === undefined) return undefined;
      if (entry.type !== 'symlink') {
        done.push(name);
        continue;
      }
      const target = entry.target ?? '';
      if (target.startsWith('/') || ++links > mostLinks) return undefined;
      pending.push(...target.split('/').reverse());
      entry = undefined;
    }
    return entry ?? this.#byPath.get(done.join('/'));
  }

  isFile(path: string): boolean {
    return this.resolve(path)?.type === 'file';
  }

  isFolder(path: string): boolean {
    return this.resolve(path)?.type === 'directory';
  }

  /** The names in a folder, sorted; none where there is no such folder. */
  names(path: string): readonly string[] {
    const folder = path === '' ? '' : this.resolve(path)?.path;
    return folder === undefined ? [] : [...(this.#children.get(folder) ?? [])].sort();
  }
}
