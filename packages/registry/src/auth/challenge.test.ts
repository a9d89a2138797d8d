import { describe, expect, it } from 'vitest';
import { parseChallenges } from './challenge.ts';

describe('challenges', () => {
  it.each([
    ['Basic realm="x"', [['basic', { realm: 'x' }]]],
    [
      'Bearer realm="https://auth.example/token",service="a b",scope="repository:x:pull,push"',
      [['bearer', { realm: 'https://auth.example/token', service: 'a b', scope: 'repository:x:pull,push' }]],
    ],
    [
      'Negotiate, bearer REALM = "r" , service=s, Basic realm="a \\"b\\", c"',
      [
        ['negotiate', {}],
        ['bearer', { realm: 'r', service: 's' }],
        ['basic', { realm: 'a "b", c' }],
      ],
    ],
    ['Bearer realm="first",realm="second"', [['bearer', { realm: 'first' }]]],
    ['Bearer realm="open', [['bearer', {}]]],
    ['realm="x"', []],
    ['', []],
    ['"', []],
    ['Bearer __proto__="x"', [['bearer', JSON.parse('{"__proto__":"x"}')]]],
  ])('%s', (text, expected) => {
    const found = parseChallenges([text]).map(({ scheme, parameters }) => [scheme, { ...parameters }]);
    expect(JSON.stringify(found)).toBe(JSON.stringify(expected));
  });

  it('come in several headers', () => {
    expect(parseChallenges(['Basic a=b', 'Bearer c=d']).map(({ scheme }) => scheme)).toEqual(['basic', 'bearer']);
  });
});
