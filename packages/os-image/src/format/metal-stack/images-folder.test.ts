import { expect, it } from 'vitest';
import { imagesFolderPath } from './images-folder.ts';

it('is named after what was built', () => {
  expect(imagesFolderPath({ kind: 'stable' })).toBe('stable');
  expect(imagesFolderPath({ kind: 'release', version: 'v1.2.3' })).toBe('v1.2.3');
  expect(imagesFolderPath({ kind: 'pull-request', number: 12, branch: 'main' })).toBe('pull_requests/12-main');
});

it.each([
  ['feature/x', '12-feature-x'],
  ['../../etc', '12-..-..-etc'],
  ['a b?c#d%2f', '12-a-b-c-d-2f'],
  ['größe', '12-gr-e'],
  ['x'.repeat(300), `12-${'x'.repeat(97)}`],
])('is one name, good in a URL, whatever the branch is called: %j', (branch, name) => {
  expect(imagesFolderPath({ kind: 'pull-request', number: 12, branch })).toBe(`pull_requests/${name}`);
});

it.each(['..', '.', '../x', '/abs', '.hidden'])('never leads out: %j', (version) => {
  const path = imagesFolderPath({ kind: 'release', version });
  expect(path).toMatch(/^[^./][^/]*$/);
});
