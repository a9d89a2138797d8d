import { hash } from 'node:crypto';

/** How a view of the tree writes names, all of one directory at once. */
export interface NameScheme {
  /** The name as the view would write it if nothing else were there; undefined where that is too long. */
  plain(name: string, isDirectory: boolean): string | undefined;
  /** The name with `suffix`, made to fit. */
  suffixed(name: string, isDirectory: boolean, suffix: string): string;
  /** Whether, of the names that all have this plain form, this one keeps it. At most one of them may. */
  owns(name: string, plain: string): boolean;
}

export interface Named {
  readonly name: string;
  readonly type: 'directory' | 'file' | 'symlink';
}

/**
 * The identifiers of the entries of one directory, in the order of `entries` (sorted, names distinct). An identifier
 * depends on the entry's own name only, unless several have the same plain form: then all but the one that owns it get
 * a suffix out of a hash of their names. So another file does not rename those that have nothing to do with it.
 */
export function uniqueNames(entries: readonly Named[], scheme: NameScheme): string[] {
  const plain = entries.map((entry) => scheme.plain(entry.name, entry.type === 'directory'));
  const keeper = keepers(entries, plain, scheme);
  const taken = new Set<string>();
  const result: (string | undefined)[] = plain.map((form, index) => {
    if (form === undefined || keeper.get(form) !== index) return undefined;
    taken.add(form);
    return form;
  });
  return result.map((form, index) => form ?? freeName(entries[index] as Named, scheme, taken));
}

/** For each plain form the index of the entry that gets it, or -1 where several claim it and none owns it. */
function keepers(
  entries: readonly Named[],
  plain: readonly (string | undefined)[],
  scheme: NameScheme,
): Map<string, number> {
  const keeper = new Map<string, number>();
  const owned = new Set<string>();
  for (const [index, form] of plain.entries()) {
    if (form === undefined || owned.has(form)) continue;
    if (scheme.owns(entries[index]?.name ?? '', form)) {
      owned.add(form);
      keeper.set(form, index);
    } else {
      keeper.set(form, keeper.has(form) ? -1 : index);
    }
  }
  return keeper;
}

/** A name with a suffix that nothing has yet; takes it. */
export function freeName(entry: Named, scheme: NameScheme, taken: Set<string>): string {
  for (let attempt = 0; ; attempt++) {
    const suffix = hash('sha256', attempt === 0 ? entry.name : `${entry.name}\0${attempt}`)
      .slice(0, 8)
      .toUpperCase();
    const form = scheme.suffixed(entry.name, entry.type === 'directory', suffix);
    if (taken.has(form)) continue;
    taken.add(form);
    return form;
  }
}
