/** A version as OLM has it: semver 2.0.0, strictly (github.com/blang/semver/v4, Parse). */
export interface Version {
  readonly text: string;
  readonly numbers: readonly [major: bigint, minor: bigint, patch: bigint];
  readonly pre: readonly string[];
  /** Of no precedence, but for `releaseOf`. */
  readonly build: readonly string[];
}

const number = '(0|[1-9][0-9]*)';
const words = '([0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)';
const grammar = new RegExp(`^${number}\\.${number}\\.${number}(?:-${words})?(?:\\+${words})?$`);
const largest = 2n ** 64n;
/** What a CSV's `spec.release` may have (model.NewRelease in operator-registry, alpha/model/versionrelease.go). */
const longestRelease = 20;

/** Undefined where the text is none: no `v` before it, three numbers, no zeros in front. */
export function parseVersion(text: string): Version | undefined {
  // The pattern is linear, but a text of megabytes is no version.
  const match = text.length > 1024 ? undefined : grammar.exec(text);
  if (!match) return undefined;
  const [, major, minor, patch, pre, build] = match;
  const numbers = [BigInt(major!), BigInt(minor!), BigInt(patch!)] as const;
  const identifiers = pre?.split('.') ?? [];
  if (numbers.some((each) => each >= largest) || !identifiers.every(isIdentifier)) return undefined;
  return { text, numbers, pre: identifiers, build: build?.split('.') ?? [] };
}

/** A release, `1` or `2.hotfix`, as its identifiers; undefined where the text is none. */
export function parseRelease(text: string): readonly string[] | undefined {
  if (text === '' || text.length > longestRelease) return undefined;
  const identifiers = text.split('.');
  return identifiers.every(isIdentifier) ? identifiers : undefined;
}

/**
 * By precedence, and then by release, as OLM v1 orders the bundles of a package: a release of its own, else the build
 * metadata of the version (bundleutil.ParseLegacyVersionRelease); one with a release is above one without.
 */
export function compareBundleVersions(a: Version, b: Version, releaseA?: string, releaseB?: string): number {
  return compareVersions(a, b) || compareReleases(releaseOf(a, releaseA), releaseOf(b, releaseB));
}

/** By precedence; build metadata does not count. */
export function compareVersions(a: Version, b: Version): number {
  for (const [i, one] of a.numbers.entries()) {
    const other = b.numbers[i]!;
    if (one !== other) return one < other ? -1 : 1;
  }
  // A pre-release is below what it leads to.
  if (a.pre.length === 0 || b.pre.length === 0) return Math.sign(b.pre.length - a.pre.length);
  return compareIdentifiers(a.pre, b.pre);
}

function releaseOf(version: Version, release: string | undefined): readonly string[] {
  return parseRelease(release ?? version.build.join('.')) ?? [];
}

function compareReleases(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(a.length - b.length);
  return compareIdentifiers(a, b);
}

function compareIdentifiers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i += 1) {
    const order = compareIdentifier(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function compareIdentifier(a: string, b: string): number {
  const [numberA, numberB] = [isNumber(a), isNumber(b)];
  if (numberA !== numberB) return numberA ? -1 : 1;
  if (a === b) return 0;
  if (numberA) return BigInt(a) < BigInt(b) ? -1 : 1;
  return a < b ? -1 : 1;
}

function isIdentifier(text: string): boolean {
  if (isNumber(text)) return (text === '0' || !text.startsWith('0')) && BigInt(text) < largest;
  return /^[0-9A-Za-z-]+$/.test(text);
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text);
}
