import type { ExecutorContext } from '@nx/devkit';
import { describe, expect, it } from 'vitest';

import { optionPath, targetOf } from './project-root.ts';

function contextOf(root: string, targets = {}): ExecutorContext {
  const projectsConfigurations = { version: 2, projects: { x: { root, targets } } };
  return { root: '/w', projectName: 'x', projectsConfigurations } as unknown as ExecutorContext;
}

describe('optionPath', () => {
  it.each([
    ['apps/x', '{projectRoot}/dist', '/w/apps/x/dist'],
    ['apps/x', '{workspaceRoot}/dist', '/w/dist'],
    ['apps/x', 'apps/x/dist', '/w/apps/x/dist'],
    ['.', '{projectRoot}/dist', '/w/dist'],
  ])('in %s %s is %s', (root, option, path) => {
    expect(optionPath(option, contextOf(root))).toBe(path);
  });
});

describe('targetOf', () => {
  it('takes the name that the project gives the target, else the usual one', () => {
    const executor = '@ingot/solution:plan';
    expect(targetOf(contextOf('x', { 'lay-out': { executor } }), executor, 'plan')).toBe('lay-out');
    expect(targetOf(contextOf('x'), executor, 'plan')).toBe('plan');
  });
});
