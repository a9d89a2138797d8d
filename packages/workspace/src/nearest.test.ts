import { describe, expect, it } from 'vitest';
import { didYouMean, nearest } from './nearest.ts';

describe('nearest', () => {
  it('finds the word with the fewest edits', () => {
    expect(nearest('foo', ['bar', 'food', 'fooling'])).toBe('food');
    expect(nearest('entrypiont', ['env', 'entrypoint'])).toBe('entrypoint');
    expect(nearest('Names', ['name', 'labels'])).toBe('name');
  });
  it('counts a swap of neighbours as one edit', () => {
    expect(nearest('bsae', ['bass', 'base'])).toBe('base');
  });
  it('answers nothing where nothing is near', () => {
    expect(nearest('hello', ['world', 'x'])).toBeUndefined();
    expect(nearest('x', ['y'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });
  it('takes the first by code units of those that are equally near, whatever their order', () => {
    expect(nearest('ab', ['ac', 'aa'])).toBe('aa');
    expect(nearest('ab', ['aa', 'ac'])).toBe('aa');
  });
  it('ends a message', () => {
    expect(didYouMean('foo', ['food'])).toBe('; did you mean "food"?');
    expect(didYouMean('foo', ['zzz'])).toBe('');
  });
});
