/** semver.org, "Is there a suggested regular expression". */
const strict =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

/** Whether blang/semver's `Parse` takes it: a Semantic Version, with nothing before it. */
export function isVersion(text: string): boolean {
  return strict.test(text);
}

/**
 * A version as a ClusterServiceVersion's `spec.version` is read: blang/semver's `ParseTolerant`, which drops blanks
 * around it, one `v`, zeros before numbers, and adds what is missing: `v1.02` is 1.2.0. Undefined where even that fails.
 */
export function tolerantVersion(text: string): string | undefined {
  const [, numbers = '', rest = ''] = /^([^-+]*)(.*)$/s.exec(text.trim().replace(/^v/, ''))!;
  const parts = numbers.split('.');
  // Only three numbers may have a pre-release or build behind them.
  if (parts.length > 3 || (parts.length < 3 && rest !== '')) return undefined;
  const filled = [...parts.map((part) => (/^\d+$/.test(part) ? part.replace(/^0+(?=\d)/, '') : part)), '0', '0'];
  const version = `${filled.slice(0, 3).join('.')}${rest}`;
  return isVersion(version) ? version : undefined;
}
