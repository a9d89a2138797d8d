import { expect, it } from 'vitest';
import { treeOf } from '../verify/test/tree-of.ts';
import { followed, rootPath } from './root-path.ts';

it('follows links of as many names as there may be', () => {
  const { entries } = treeOf({ a: { link: `${'./'.repeat(400_000)}b` }, b: 'text' });
  expect(followed(entries, 'a')).toBe(entries.get('b'));
  expect(rootPath(entries, ['a', 'c'])).toBe('b/c');
});
