import { satisfies } from 'semver';

/** Masterminds/semver v3, `semVerRegex`, with which Helm reads versions: a `v` may stand before, numbers may be missing. */
const loose = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$/;

/** A version as Helm reads it: `v1.2` is 1.2.0. Undefined where it is none. */
export function chartVersion(text: string): string | undefined {
  const [, major, minor = '0', patch = '0', pre] = loose.exec(text) ?? [];
  if (major === undefined) return undefined;
  if (pre?.split('.').some((part) => /^0\d+$/.test(part))) return undefined;
  const numbers = [major, minor, patch].map((part) => BigInt(part).toString()).join('.');
  return pre === undefined ? numbers : `${numbers}-${pre}`;
}

const partial = 'v?[0-9xX*]+(?:\\.[0-9xX*]+){0,2}(?:-[0-9A-Za-z.-]+)?(?:\\+[0-9A-Za-z.-]+)?';
const term = `(?:!=|>=|=>|<=|=<|~>|[=><~^])?\\s*${partial}`;
const terms = new RegExp(`^\\s*${term}(?:(?:\\s+|\\s*,\\s*)${term})*\\s*$`);
const hyphen = new RegExp(`(${partial})\\s+-\\s+(${partial})`, 'g');

/**
 * Whether a version is in a range of Masterminds/semver (`>= 1.2, < 2 || ~3.1`), which Helm's Chart.yaml has for
 * dependencies and Kubernetes. Undefined where the range is none: Helm then takes no version at all.
 */
export function inRange(version: string, range: string): boolean | undefined {
  const groups = range.replace(hyphen, '>=$1, <=$2').split('||');
  if (!groups.every((group) => terms.test(group))) return undefined;
  const exact = chartVersion(version);
  return exact !== undefined && groups.some((group) => inGroup(exact, group));
}

function inGroup(version: string, group: string): boolean {
  return [...group.matchAll(new RegExp(term, 'g'))].every(([one]) => {
    const [, operator, wanted] = /^([!=><~^]*)\s*v?(.*)$/.exec(one)!;
    // A pre-release is only within what names one itself.
    const options = { includePrerelease: /^[^+]*-/.test(wanted!) };
    if (operator === '!=') return !satisfies(version, wanted!, options);
    return satisfies(version, `${operatorOf(operator!)}${wanted!}`, options);
  });
}

function operatorOf(operator: string): string {
  return { '=>': '>=', '=<': '<=', '~>': '~' }[operator] ?? operator;
}
