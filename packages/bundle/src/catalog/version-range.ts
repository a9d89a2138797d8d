import { compareVersions, parseVersion, type Version } from './version.ts';

/** Says whether a version is in the range. */
export type VersionRange = (version: Version) => boolean;

type Operator = '=' | '!' | '<' | '<=' | '>' | '>=';

const holds: Readonly<Record<Operator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '!': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/**
 * Reads a `skipRange` as OLM does: `>=1.0.0 <1.2.0`, `1.x`, `<1.0.0 || >=2.0.0`. A pre-release is in it where its
 * precedence says so, other than in npm's ranges. Undefined where OLM would not take it.
 *
 * github.com/blang/semver/v4, range.go, ParseRange.
 */
export function parseVersionRange(text: string): VersionRange | undefined {
  const alternatives = split(text);
  if (alternatives.some((parts) => parts.length === 0)) return undefined;
  const ranges = alternatives.map((parts) => parts.flatMap((part) => comparisons(part)));
  if (ranges.flat().includes(undefined)) return undefined;
  return (version) => ranges.some((all) => all.every((one) => one!(version)));
}

/** At blanks, but not after an operator: `>= 1.0.0` is one part. `||` is one only with blanks around it. */
function split(text: string): string[][] {
  const parts = text.replace(/([<>=]) +/g, '$1').split(' ');
  const alternatives: string[][] = [[]];
  // What is shorter than two characters is passed over (splitAndTrim), a `1` or a lone `x` among them.
  for (const part of parts.filter((each) => each.length > 1)) {
    if (part === '||') alternatives.push([]);
    else alternatives.at(-1)!.push(part);
  }
  return alternatives;
}

/** One part as one comparison, or, of a wildcard, as two. */
function comparisons(part: string): (VersionRange | undefined)[] {
  const digit = part.search(/[0-9]/);
  if (digit < 0) return [undefined];
  const operator = operatorOf(part.slice(0, digit));
  const version = part.slice(digit);
  if (operator === undefined) return [undefined];
  if (!/(^|\.)x$/.test(version)) return [comparison(operator, version)];
  return wildcard(operator, version.split('.'));
}

function operatorOf(text: string): Operator | undefined {
  if (text === '' || text === '==') return '=';
  if (text === '!=') return '!';
  return text in holds ? (text as Operator) : undefined;
}

/**
 * `1.x` and `1.2.x`: from the first version of these up to the first one after them. `1.x.x` is what `1.0.x` is
 * (expandWildcardVersion).
 */
function wildcard(operator: Operator, parts: readonly string[]): (VersionRange | undefined)[] {
  const [major = '', minor, patch] = parts;
  const numbers = minor === 'x' && patch === undefined ? [major] : [major, minor === 'x' ? '0' : (minor ?? '')];
  if (parts.length > 3 || !numbers.every((part) => /^(0|[1-9][0-9]{0,17})$/.test(part))) return [undefined];
  const from = complete(numbers);
  const to = complete([...numbers.slice(0, -1), String(BigInt(numbers.at(-1)!) + 1n)]);
  if (operator === '=') return [comparison('>=', from), comparison('<', to)];
  if (operator === '!') return [comparison('<', from), comparison('>=', to)];
  if (operator === '>') return [comparison('>=', to)];
  return [operator === '<=' ? comparison('<', to) : comparison(operator, from)];
}

function complete(numbers: readonly string[]): string {
  return [...numbers, '0', '0'].slice(0, 3).join('.');
}

function comparison(operator: Operator, text: string): VersionRange | undefined {
  const other = parseVersion(text);
  return other && ((version) => holds[operator](compareVersions(version, other)));
}
