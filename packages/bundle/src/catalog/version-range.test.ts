import { describe, expect, it } from 'vitest';
import { parseVersionRange } from './version-range.ts';
import { parseVersion } from './version.ts';

describe('parseVersionRange', () => {
  it.each([
    ['1.2.3', ['1.2.3', '1.2.3+1'], ['1.2.4', '1.2.3-rc']],
    ['>=1.0.0 <1.2.0', ['1.0.0', '1.1.9', '1.2.0-rc.1', '1.1.0-beta'], ['1.2.0', '1.0.0-rc', '0.9.0']],
    ['>=  1.0.0   <=1.2.0', ['1.2.0'], ['1.2.1']],
    ['<1.0.0 || >=2.0.0 !2.0.1', ['0.9.0', '2.0.0', '2.0.2'], ['1.0.0', '2.0.1']],
    ['1.x', ['1.0.0', '1.99.0'], ['2.0.0', '0.9.9', '1.0.0-rc']],
    ['1.2.x', ['1.2.0', '1.2.9'], ['1.3.0']],
    ['1.x.x', ['1.0.9'], ['1.1.0']],
    ['>1.x', ['2.0.0'], ['1.9.0']],
    ['<=1.2.x', ['1.2.9', '0.1.0'], ['1.3.0']],
    ['!=1.2.x', [], ['1.2.0', '1.3.0', '1.0.0']],
    ['==1.0.0', ['1.0.0'], ['1.0.1']],
  ])('%s', (text, inside, outside) => {
    const range = parseVersionRange(text)!;
    const isInside = (version: string) => range(parseVersion(version)!);
    expect(inside.filter((version) => !isInside(version))).toEqual([]);
    expect(outside.filter(isInside)).toEqual([]);
  });

  it.each([
    '',
    ' ',
    'x',
    'abc',
    '1',
    '>=1.0',
    '1.0.0 ||',
    '|| 1.0.0',
    '1.0.0 || || 2.0.0',
    '>>1.0.0',
    '~1.0.0',
    '^1.0.0',
    '1.0.0,2.0.0',
    'v1.0.0',
    '1.2.3.x',
    '>=1.0.0-x.y.x_',
  ])('refuses %j', (text) => expect(parseVersionRange(text)).toBeUndefined());
});
