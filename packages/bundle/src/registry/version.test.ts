import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isVersion, tolerantVersion } from './version.ts';

describe('isVersion', () => {
  it.each(['0.0.0', '1.2.3', '1.2.3-rc.1', '1.2.3+build.5', '1.0.0-0A.is.legal'])('takes %s', (text) => {
    expect(isVersion(text)).toBe(true);
  });

  it.each(['', 'v1.2.3', '1.2', '1', '01.2.3', '1.2.3-01', '1.2.3 ', '1.2.3.4', '1.2.x'])('refuses %j', (text) => {
    expect(isVersion(text)).toBe(false);
  });
});

describe('tolerantVersion', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['v1.2.3-rc.1', '1.2.3-rc.1'],
    [' 1.2 ', '1.2.0'],
    ['7', '7.0.0'],
    ['v1.02.003', '1.2.3'],
  ])('reads %j as %s', (text, version) => {
    expect(tolerantVersion(text)).toBe(version);
  });

  it.each(['', 'v', 'vv1.0.0', '1.2-rc.1', '1..2', '1.2.3.4', 'latest', '1.2.3-', '1.2.3-01'])('refuses %j', (text) => {
    expect(tolerantVersion(text)).toBeUndefined();
  });

  it('gives what Parse takes, and leaves that alone', () => {
    const number = fc.nat().map(String);
    const version = fc.tuple(number, number, number).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(version, fc.constantFrom('', '-rc.1', '+b', '-a.0+c-d'), (numbers, rest) => {
        expect(tolerantVersion(`v${numbers}${rest}`)).toBe(`${numbers}${rest}`);
      }),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = tolerantVersion(text);
        expect(read === undefined || isVersion(read)).toBe(true);
      }),
    );
  });
});
