import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatPlatform, matchesPlatform, parsePlatform } from './platform.ts';

describe('platforms', () => {
  it.each([
    ['linux/amd64', { os: 'linux', architecture: 'amd64' }],
    ['linux/arm64/v8', { os: 'linux', architecture: 'arm64', variant: 'v8' }],
    ['linux/x86_64', { os: 'linux', architecture: 'amd64' }],
    ['linux/aarch64', { os: 'linux', architecture: 'arm64' }],
    ['linux/armhf', { os: 'linux', architecture: 'arm', variant: 'v7' }],
  ])('%s is read', (text, platform) => expect(parsePlatform(text)).toEqual(platform));

  it.each(['', 'linux', 'linux/', '/amd64', 'linux/arm/v7/x', 'Linux/amd64', 'linux/amd64 ', 'linux/../amd64', 'all'])(
    '%j is none',
    (text) => {
      expect(() => parsePlatform(text)).toThrow(expect.objectContaining({ code: 'INGOT_PLATFORM_SYNTAX' }));
    },
  );

  it.each([
    ['linux/arm64', 'linux/arm64/v8', true],
    ['linux/arm64/v8', 'linux/arm64', true],
    ['linux/arm', 'linux/arm/v7', true],
    ['linux/arm/v6', 'linux/arm/v7', false],
    ['linux/amd64', 'linux/amd64', true],
    ['linux/amd64', 'linux/amd64/v3', false],
    ['linux/amd64', 'windows/amd64', false],
    ['linux/amd64', 'linux/arm64', false],
    ['linux/constructor', 'linux/constructor', true],
  ])('%s served by %s: %s', (wanted, has, expected) => {
    expect(matchesPlatform(parsePlatform(wanted), parsePlatform(has))).toBe(expected);
  });

  it('are written as they are read, and serve themselves', () => {
    const part = fc
      .stringMatching(/^[a-z0-9][a-z0-9_.-]{0,8}$/)
      .filter((one) => !/^(x86|i386|aarch|armhf|armel)/.test(one));
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 3 }), (parts) => {
        const platform = parsePlatform(parts.join('/'));
        expect(formatPlatform(platform)).toBe(parts.join('/'));
        expect(matchesPlatform(platform, platform)).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
