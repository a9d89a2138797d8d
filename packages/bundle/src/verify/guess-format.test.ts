import { expect, it } from 'vitest';
import { guessFormat, mediaTypeLabel } from './guess-format.ts';
import { treeOf } from './test/tree-of.ts';

it.each([
  ['plain', { 'manifests/a.yaml': '' }, {}],
  ['registry', { 'manifests/a.yaml': '', 'metadata/annotations.yaml': '' }, {}],
  ['registry', { 'manifests/a.yaml': '' }, { [mediaTypeLabel]: 'registry+v1' }],
  ['plain', { 'metadata/annotations.yaml': '' }, { [mediaTypeLabel]: 'plain+v0' }],
  ['plain', { 'manifests/a.yaml': '' }, { [mediaTypeLabel]: 'something+v9' }],
  ['helm', { 'Chart.yaml': '', 'manifests/a.yaml': '' }, {}],
  ['helm', { 'chart/Chart.yaml': '' }, {}],
  ['helm', { a: '' }, { [mediaTypeLabel]: 'helm+v3' }],
  [undefined, { 'a/b/Chart.yaml': '', 'README.md': '' }, {}],
  [undefined, {}, {}],
])('%s: %j %j', (format, files, labels) => {
  expect(guessFormat(treeOf(files, { labels }))).toBe(format);
});
