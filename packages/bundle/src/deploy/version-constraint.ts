const operator = /\s*(?:=|!=|>=|=>|<=|=<|>|<|~>|~|\^)?\s*/y;
const separator = /\s*\|\|\s*|\s*,\s*|\s+/y;

/** `stars`: whether major, minor and patch may be `*`; each may be `x`. */
function versionPattern(...stars: readonly boolean[]): RegExp {
  const [major, minor, patch] = stars.map((star) => `(?:0|[1-9][0-9]*|[xX${star ? '*' : ''}])`);
  const words = '[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*';
  return new RegExp(`v?${major}(?:\\.${minor}(?:\\.${patch})?)?(?:-${words})?(?:\\+${words})?`, 'y');
}

// The API server's pattern has a bracket too many behind some of its stars, which nobody writes.
const first = versionPattern(true, false, true);
const further = versionPattern(false, true, false);

/**
 * Whether a ClusterExtension's `version` takes the text: a version or constraints such as `>=1.0, <2.0 || ~3.1`, up to 64
 * characters (CatalogFilter in api/v1/clusterextension_types.go of operator-controller, and Masterminds/semver).
 */
export function isVersionConstraint(text: string): boolean {
  if (text.length > 64) return false;
  const trimmed = text.trim();
  let offset = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = offset;
    const found = pattern.test(trimmed);
    if (found) offset = pattern.lastIndex;
    return found;
  };
  let version = first;
  do {
    take(operator);
    if (!take(version)) return false;
    version = further;
  } while (offset < trimmed.length && take(separator));
  return offset === trimmed.length;
}
