import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isEmptyDocument, rawDocuments } from './documents.ts';

describe('rawDocuments', () => {
  it.each([
    ['', []],
    ['a: 1\n', [1]],
    ['---\na: 1\n', [1]],
    ['a: 1\n---\nb: 2\n', [1, 3]],
    ['a: 1\n---\n', [1]],
    ['# about it\n---\na: 1\n', [1, 3]],
    ['a: 1\n--- # next\nb: 2', [1, 3]],
    ['a: 1\n---\n\n---\nb: 2\n', [1, 3, 5]],
    ['---\n---\na: 1\n', [1, 3]],
    ['a: |\n  ---\n  b\n', [1]],
  ])('%j begins documents in the lines %j', (text, lines) => {
    expect(rawDocuments(text).map(({ line }) => line)).toEqual(lines);
  });

  it('loses nothing but separators', () => {
    const line = fc.constantFrom('a: 1', '---', '', '# b', '  - c');
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const text = rawDocuments(lines.map((one) => `${one}\n`).join('')).map((one) => one.text);
        const written = (all: readonly string[]) => all.filter((one) => one !== '---');
        expect(written(text.flatMap((one) => one.split('\n')))).toEqual(written(lines));
      }),
    );
  });
});

describe('isEmptyDocument', () => {
  const isEmpty = (text: string) => isEmptyDocument({ line: 1, text });

  it.each(['', '# a\n\n# b', '---', '--- # a', '~', '---\nnull'])('%j is empty', (text) => {
    expect(isEmpty(text)).toBe(true);
  });

  it.each(['a: 1', '{}', '# a\nb:'])('%j is not', (text) => {
    expect(isEmpty(text)).toBe(false);
  });
});
