import { expect, it } from 'vitest';
import { covers } from './covers.ts';

it.each([
  [{ a: 1, more: 2 }, { a: 1 }, true],
  [{ a: [{ b: 1, more: 2 }] }, { a: [{ b: 1 }] }, true],
  [{ a: 1 }, { a: '1' }, false],
  [{}, { a: { b: 1 } }, false],
  [undefined, { a: 1 }, false],
  [{ a: [1, 2] }, { a: [1] }, false],
  [{ a: { 0: 1 } }, { a: [1] }, false],
  [{ a: null }, { a: {} }, false],
])('%j covers %j: %s', (actual, wanted, expected) => {
  expect(covers(actual, wanted)).toBe(expected);
});
