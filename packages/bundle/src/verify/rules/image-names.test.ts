import { expect, it } from 'vitest';
import { treeOf } from '../test/tree-of.ts';
import { faults } from '../test/verdict.ts';
import { imageNameRules } from './image-names.ts';

const judge = (text: string) => faults(treeOf({ 'manifests/a.yaml': text }), 'plain', { rules: imageNameRules });

it('refuses images that are projects of a workspace, wherever they stand', () => {
  const pod =
    'kind: Pod\nspec:\n  containers:\n    - name: a\n      image: >-\n        project:server\n    - image: r.example/a@sha256:0\n';
  expect(judge(pod)).toEqual(['error object-images manifests/a.yaml:5:7']);
});

it('has nothing against other texts', () => {
  expect(judge('kind: Rule\nrecord: project:http_requests:rate5m\nimage: { name: project:x }\n')).toEqual([]);
});
