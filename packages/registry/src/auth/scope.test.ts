import { describe, expect, it } from 'vitest';
import { covers, formatScope, parseScope, repositoryScope, union } from './scope.ts';

describe('scopes', () => {
  it('are read, joined and written, sorted', () => {
    const scope = union(parseScope('repository:b:push,pull  repository:a:pull nonsense'), repositoryScope('a', 'push'));
    expect(formatScope(scope)).toEqual(['repository:a:pull,push', 'repository:b:pull,push']);
    expect(formatScope(parseScope('registry:catalog:*'))).toEqual(['registry:catalog:*']);
  });

  it.each([
    ['repository:a:pull,push', 'repository:a:pull', true],
    ['repository:a:*', 'repository:a:pull', true],
    ['repository:a:pull', 'repository:a:pull,push', false],
    ['repository:a:pull', 'repository:b:pull', false],
    ['repository:a:pull repository:b:pull', 'repository:b:pull', true],
    ['repository:a:pull', '', true],
  ])('%s covers %s: %s', (wide, narrow, expected) => {
    expect(covers(parseScope(wide), parseScope(narrow))).toBe(expected);
  });
});
