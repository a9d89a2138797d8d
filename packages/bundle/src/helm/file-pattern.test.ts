import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { filePattern } from './file-pattern.ts';

/** The same by trying everything, for `*`, `?` and letters. */
function tried(pattern: string, path: string): boolean {
  if (pattern === '') return path === '';
  const [first] = pattern;
  const rest = pattern.slice(1);
  if (first === '*') {
    const [stop] = /^[^/]*/.exec(path)!;
    return Array.from({ length: stop.length + 1 }).some((_, taken) => tried(rest, path.slice(taken)));
  }
  const fits = first === '?' ? /^[^/]/.test(path) : path.startsWith(first!);
  return fits && tried(rest, path.slice(1));
}

describe('filePattern', () => {
  it('takes what trying everything takes', () => {
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '*', '?'), maxLength: 8 });
    const path = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, path, (wanted, name) => {
        expect(filePattern(wanted)(name)).toBe(tried(wanted, name));
      }),
      { numRuns: 3000 },
    );
  });

  it('ends with many stars as well', () => {
    expect(filePattern('*a*a*a*a*a*ab')('a'.repeat(150))).toBe(false);
    expect(filePattern(`${'*a'.repeat(500)}b`)('a'.repeat(4000))).toBe(false);
    expect(filePattern(`${'*a'.repeat(500)}b`)(`${'a'.repeat(4000)}b`)).toBe(true);
  });

  it('ends with brackets that nothing ends as well', () => {
    expect(() => filePattern('['.repeat(300_000))).toThrow('a bracket');
  });

  it.each(['[a', 'a\\', '[b-a]'])('refuses %s', (wanted) => {
    expect(() => filePattern(wanted)).toThrow();
  });
});
