import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBundleVersions, compareVersions, parseRelease, parseVersion } from './version.ts';

const version = (text: string) => {
  const parsed = parseVersion(text);
  if (!parsed) throw new Error(`${text} is no version`);
  return parsed;
};

describe('parseVersion', () => {
  it.each([
    '0.0.0',
    '1.2.3',
    '1.2.3-rc.1',
    '1.2.3-x-y-z.0',
    '1.2.3+build.007',
    '1.2.3-0a+00',
    '18446744073709551615.0.0',
  ])('takes %s', (text) => expect(parseVersion(text)?.text).toBe(text));

  it.each([
    '',
    '1',
    '1.2',
    'v1.2.3',
    '=1.2.3',
    ' 1.2.3',
    '1.2.3.4',
    '01.2.3',
    '1.2.3-',
    '1.2.3-01',
    '1.2.3-a..b',
    '1.2.3+',
    '1.2.3-ä',
    '18446744073709551616.0.0',
    '1.0.0-18446744073709551616',
    `1.2.3-${'a'.repeat(2000)}`,
  ])('refuses %j', (text) => expect(parseVersion(text)).toBeUndefined());
});

describe('the order of versions', () => {
  it('is that of semver.org', () => {
    const sorted = ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11'];
    sorted.push('1.0.0-rc.1', '1.0.0', '1.0.1', '1.1.0', '1.10.0', '2.0.0');
    expect([...sorted].reverse().sort((a, b) => compareVersions(version(a), version(b)))).toEqual(sorted);
  });

  it('is a total order', () => {
    const part = fc.nat({ max: 2 }).map(String);
    const pre = fc.constantFrom('', '-0', '-1', '-a', '-a.1', '-1.a', '-a.b');
    const versions = fc.tuple(part, part, part, pre).map(([a, b, c, d]) => version(`${a}.${b}.${c}${d}`));
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(compareVersions(a, b) + compareVersions(b, a)).toBe(0);
        expect(compareVersions(a, b) === 0).toBe(a.text === b.text);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0)
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('counts build metadata as a release, for bundles alone', () => {
    const [one, two, ten] = [version('1.0.0'), version('1.0.0+2'), version('1.0.0+10')];
    expect(compareVersions(two, ten)).toBe(0);
    expect([ten, one, two].sort(compareBundleVersions)).toEqual([one, two, ten]);
    expect(compareBundleVersions(one, one, '2', '10')).toBe(-1);
    expect(compareBundleVersions(one, one, undefined, '0')).toBe(-1);
  });
});

describe('parseRelease', () => {
  it('takes the identifiers of a pre-release, up to 20 characters', () => {
    expect(parseRelease('2.hotfix-1')).toEqual(['2', 'hotfix-1']);
    for (const text of ['', '01', 'a..b', 'a_b', 'a'.repeat(21)]) expect(parseRelease(text)).toBeUndefined();
  });
});
