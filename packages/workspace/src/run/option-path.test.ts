import { describe, expect, it } from 'vitest';
import { optionPath, workspacePath } from './option-path.ts';

describe('workspacePath', () => {
  it.each([
    ['{projectRoot}/dist/x', 'apps/a', 'apps/a/dist/x'],
    ['{projectRoot}', 'apps/a', 'apps/a'],
    ['{projectRoot}/dist', '.', 'dist'],
    ['{workspaceRoot}/dist/{projectRoot}/x', 'apps/a', 'dist/apps/a/x'],
    ['{workspaceRoot}', 'apps/a', '.'],
    ['dist/x', 'apps/a', 'dist/x'],
  ])('%s of %s is %s', (path, projectRoot, expected) => {
    expect(workspacePath(path, projectRoot)).toBe(expected);
  });
});

describe('optionPath', () => {
  it('is absolute', () => {
    expect(optionPath('{projectRoot}/dist/x', '/w', 'apps/a')).toBe('/w/apps/a/dist/x');
    expect(optionPath('dist/x', '/w', 'apps/a')).toBe('/w/dist/x');
    expect(optionPath('/srv/x', '/w', 'apps/a')).toBe('/srv/x');
  });
});
