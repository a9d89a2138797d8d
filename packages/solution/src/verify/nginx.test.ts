import { describe, expect, it } from 'vitest';
import { parseNginx } from './nginx.ts';

describe('parseNginx', () => {
  it.each([
    ['a b;', [{ words: ['a', 'b'] }]],
    ['# c\na "b c" \'d;e\' ; # f {', [{ words: ['a', 'b c', 'd;e'] }]],
    ['a { b c; d { } }', [{ words: ['a'], block: [{ words: ['b', 'c'] }, { words: ['d'], block: [] }] }]],
    ['a "\\.\\"\\\\";', [{ words: ['a', '\\."\\'] }]],
    ['a x#y z"w;', [{ words: ['a', 'x#y', 'z"w'] }]],
    ['a "{64}" ";";', [{ words: ['a', '{64}', ';'] }]],
    ['', []],
  ])('%j', (text, directives) => {
    expect(parseNginx(text)).toEqual(directives);
  });

  it.each([
    ['a', 1],
    ['a {', 1],
    ['\n}', 2],
    ['\n\n;', 3],
    ['{ }', 1],
    ['a { b }', 1],
    ['a {'.repeat(30), 1],
  ])('refuses %j', (text, line) => {
    expect(parseNginx(text)).toMatchObject({ line });
  });

  it('takes a long text in little time', () => {
    expect(parseNginx('"'.repeat(200_000))).toHaveProperty('message');
    expect(parseNginx('a'.repeat(4_000_000))).toHaveProperty('message');
    expect(parseNginx('\\'.repeat(400_000))).toHaveProperty('message');
    expect(parseNginx('a;'.repeat(1_000_000))).toHaveProperty('message');
  });
});
