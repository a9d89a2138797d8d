import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { helmIgnore } from './ignore.ts';

describe('helmIgnore', () => {
  it.each([
    ['*.bak', 'templates/a.yaml.bak'],
    ['*.bak', 'a.bak'],
    ['.git/', '.git/config'],
    ['.idea', '.idea/a/b'],
    ['/docs', 'docs/a.md'],
    ['files/*.txt', 'files/a.txt'],
    ['a?c', 'abc'],
    ['[a-c].yaml', 'b.yaml'],
    ['[^a-c].yaml', 'd.yaml'],
    ['\\*.yaml', '*.yaml'],
    ['# a\n\n  *.md  ', 'README.md'],
    ['!*.yaml', 'README.md'],
    ['\ufeff*.md', 'a.md'],
    ['', 'templates/.hidden'],
  ])('%j leaves out %s', (lines, file) => {
    expect(helmIgnore(lines)(file)).toBe(true);
  });

  it.each([
    ['*.bak', 'a.bak.yaml'],
    ['/docs', 'files/docs'],
    ['docs/', 'docs'],
    ['files/*.txt', 'files/a/b.txt'],
    ['files/*.txt', 'more/files/a.txt'],
    ['[^a-c].yaml', 'b.yaml'],
    ['*', ''],
    ['# README.md', 'README.md'],
    ['a.b', 'axb'],
    ['', 'templates/_helpers.tpl'],
  ])('%j keeps %s', (lines, file) => {
    expect(file === '' ? false : helmIgnore(lines)(file)).toBe(false);
  });

  it.each(['a/**/b', '[a', 'a\\'])('refuses %s', (line) => {
    expect(() => helmIgnore(line)).toThrow(line);
  });

  it('reads any lines, or says which it cannot', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), (lines, file) => {
        try {
          helmIgnore(lines)(file);
        } catch (error) {
          expect((error as Error).message).toMatch(/: Helm (knows no \*\*|cannot read it)$/);
        }
      }),
    );
  });
});
