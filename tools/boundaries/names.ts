/** Names that say nothing of what is inside. */
const empty = new Set(['util', 'utils', 'helper', 'helpers', 'manager', 'managers', 'misc', 'common', 'stuff']);

/** The paths of which a folder, or the file itself, has a name that says nothing. */
export function emptyNames(paths: readonly string[]): string[] {
  return paths.filter((path) =>
    path.split('/').some((part) => empty.has(part.replace(/(\.(test|bench|full))?\.\w+$/, ''))),
  );
}
