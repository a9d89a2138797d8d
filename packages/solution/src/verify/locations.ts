import type { Directive } from './nginx.ts';

/** A location of nginx, by what it matches. */
export interface Location {
  /** `= /v2/…`, `~ /v2/…`, `@name`. */
  readonly match: string;
  /** Its effect, in a form that is equal for equal effects. */
  readonly effect: string;
}

/** Digest of the manifest of an image of the archive, by its folder below the root of the registry: `NAME/TAG`. */
export type Digests = ReadonlyMap<string, string>;

/** Splits the locations off from what is none. `root`: the folder of the images, as it was rendered. */
export function locations(
  directives: readonly Directive[],
  root: string,
  digests: Digests,
): { locations: Location[]; others: Directive[] } {
  const found: Location[] = [];
  const others: Directive[] = [];
  for (const directive of directives) {
    if (directive.words[0] === 'location' && directive.block !== undefined) {
      found.push({ match: matchOf(directive.words.slice(1)), effect: effectOf(directive.block, root, digests) });
    } else others.push(directive);
  }
  return { locations: found, others };
}

/** nginx takes the modifier with or without a blank after it. A dot means itself and others in a regular expression. */
function matchOf(words: readonly string[]): string {
  const [, modifier = '', pattern = ''] = /^(=|~\*|~|\^~)?\s*(.*)$/s.exec(words.join(' ')) ?? [];
  const plain = modifier.startsWith('~')
    ? pattern.replaceAll('\\.', '.').replace(/^\^/, '').replace(/\$$/, '')
    : pattern;
  return modifier === '' ? plain : `${modifier} ${plain}`;
}

function effectOf(block: readonly Directive[], root: string, digests: Digests): string {
  return block
    .map(({ words, block: inner }) => {
      const [name = '', ...values] = words;
      const shown = [name, ...equalValues(name, values, root, digests)].join(' ');
      return inner === undefined ? shown : `${shown} { ${effectOf(inner, root, digests)} }`;
    })
    .sort()
    .join('; ');
}

/** The values of a directive; those that mean the same made equal. */
function equalValues(name: string, values: readonly string[], root: string, digests: Digests): readonly string[] {
  const [first = ''] = values;
  if (name === 'alias') {
    // Folders whose manifests are the same bytes answer the same.
    const folder = first.startsWith(`${root}/`) ? first.slice(root.length + 1).replace(/\/+$/, '') : first;
    const [image = ''] = folder.split('/');
    const digest = digests.get(folder);
    return [digest === undefined ? folder : `${image}@${digest}`];
  }
  // Blobs are named by their digests, so their order makes no difference; the last one is the answer if none is there.
  if (name === 'try_files') return [...values.slice(0, -1).sort(), ...values.slice(-1)];
  if (name === 'return' && values.length === 2) return [first, equalJson(values[1] ?? '')];
  if (name === 'add_header') return [first.toLowerCase(), ...values.slice(1)];
  return values;
}

function equalJson(text: string): string {
  try {
    const value = JSON.parse(text) as { name?: unknown; tags?: unknown };
    const tags = Array.isArray(value.tags) ? [...(value.tags as unknown[])].sort() : value.tags;
    return JSON.stringify({ name: value.name, tags });
  } catch {
    return text;
  }
}
