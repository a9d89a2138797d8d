/** Whether a path, or a name, is one that the pattern means. */
export type FilePattern = (path: string) => boolean;

/** One character of a path; `undefined` stands for a `*`. */
type Part = ((char: string) => boolean) | undefined;

/**
 * What Go's filepath.Match takes: `*` and `?` stop at a slash. Throws an Error for what it refuses. In the worst case a
 * match takes the pattern's length times the path's.
 */
export function filePattern(wanted: string): FilePattern {
  const parts = partsOf(wanted);
  return (path) => matches(parts, path);
}

function partsOf(wanted: string): Part[] {
  const parts: Part[] = [];
  // Not all at once: behind the first that is wrong, each bracket would be looked at up to the end.
  for (const [, escaped, not, set, other] of wanted.matchAll(/\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|([^])/g)) {
    if (escaped !== undefined) parts.push((char) => char === escaped);
    else if (set !== undefined) {
      const expression = new RegExp(`(?!/)[${not}${set.replaceAll(/[[^&]/g, '\\$&')}]`);
      parts.push((char) => expression.test(char));
    } else if (other === '*') parts.push(undefined);
    else if (other === '?') parts.push((char) => char !== '/');
    else if (other === '[' || other === '\\') throw new Error('a bracket or a backslash that nothing ends');
    else parts.push((char) => char === other);
  }
  return parts;
}

/**
 * Where a character does not fit, the last `*` takes one more: what came before it needs no other try, for it was found
 * as early as it can be.
 */
function matches(parts: readonly Part[], path: string): boolean {
  let at = 0;
  let part = 0;
  let star = -1;
  let taken = 0;
  while (at < path.length || part < parts.length) {
    const fits = parts[part];
    if (part < parts.length && fits === undefined) {
      star = part++;
      taken = at;
    } else if (at < path.length && fits?.(path[at]!)) {
      at += 1;
      part += 1;
    } else {
      if (star < 0 || taken >= path.length || path[taken] === '/') return false;
      at = ++taken;
      part = star + 1;
    }
  }
  return true;
}
