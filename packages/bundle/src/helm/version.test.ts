import { describe, expect, it } from 'vitest';

import { chartVersion, inRange } from './version.ts';

describe('chartVersion', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['v1.2', '1.2.0'],
    ['1', '1.0.0'],
    ['1.2.3-rc.1+b', '1.2.3-rc.1'],
    ['01.2.3', '1.2.3'],
  ])('reads %s as %s', (text, version) => {
    expect(chartVersion(text)).toBe(version);
  });

  it.each(['', 'latest', '1.2.3.4', '1.2.x', '1.2.3-01', ' 1.2.3', '1.2.3-'])('refuses %j', (text) => {
    expect(chartVersion(text)).toBeUndefined();
  });
});

describe('inRange', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['1.2.3', '^1.0.0'],
    ['1.2.3', '~1.2'],
    ['1.2.3', '1.x'],
    ['1.2.3', '*'],
    ['1.2.3', '>= 1.0.0, < 2.0.0'],
    ['1.2.3', '>=1.0.0 <2.0.0'],
    ['1.2.3', '1.0 - 1.4'],
    ['1.2.3', '=>1.2'],
    ['1.2.3', '!= 1.2.4'],
    ['1.2.3', '~> 1.2.0'],
    ['3.0.0', '^1 || ^3'],
    ['1.30.2-gke.5', '>=1.22.0-0'],
    ['v1.2', '1.2.0'],
  ])('%s is in %j', (version, range) => {
    expect(inRange(version, range)).toBe(true);
  });

  it.each([
    ['2.0.0', '^1.0.0'],
    ['1.2.3', '!= 1.2.3'],
    ['1.3.0', '~1.2'],
    ['1.2.3', '>1.2'],
    ['1.30.2-gke.5', '>=1.22.0'],
    ['latest', '*'],
  ])('%s is not in %j', (version, range) => {
    expect(inRange(version, range)).toBe(false);
  });

  it.each(['', 'latest', '>= 1.0.0 and < 2', '1.2.3 ||', '==1.2.3'])('%j is no range', (range) => {
    expect(inRange('1.2.3', range)).toBeUndefined();
  });
});
