import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { formatReference } from '@ingot/registry/reference';
import { expect, it } from 'vitest';
import { referencesIn } from './references.ts';

const digest = `sha256:${'a'.repeat(64)}`;

it('finds the sources of registries in project files of every kind, those with a digest left out', async () => {
  const tree = createTreeWithEmptyWorkspace();
  tree.write('a/image.yaml', 'ingot: image/v1\nname: a\nversion: 1.0.0\nfrom: docker://r.example/base:1\n');
  tree.write('b/os-image.yaml', 'ingot: os-image/v1\nrootfs: docker://r.example/root:2\n');
  tree.write(
    'c/catalog.yaml',
    `ingot: catalog/v1
bundles:
  - project:own
  - docker://r.example/old:3
  - { from: 'docker://r.example/older:4', repository: r.example/mirror }
  - docker://r.example/pinned@${digest}
`,
  );
  tree.write('d/other.yaml', 'from: docker://r.example/foreign:5\n');
  const found = (await referencesIn(tree)).map(({ reference, place }) => [
    formatReference(reference),
    `${place.file}:${place.line}`,
  ]);
  expect(found).toEqual([
    ['r.example/base:1', 'a/image.yaml:4'],
    ['r.example/root:2', 'b/os-image.yaml:2'],
    ['r.example/old:3', 'c/catalog.yaml:4'],
    ['r.example/older:4', 'c/catalog.yaml:5'],
  ]);
});
