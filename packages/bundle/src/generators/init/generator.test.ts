import { readJson, readNxJson } from '@nx/devkit';
import type { Tree } from '@nx/devkit';
import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import init from './generator.ts';

let tree: Tree;
beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
});

describe('the generator init', () => {
  it('registers the plugins once', async () => {
    await init(tree, { skipFormat: true });
    await init(tree, { skipFormat: true });
    expect(readNxJson(tree)?.plugins).toEqual(['@ingot/oci/plugin', '@ingot/bundle/plugin']);
  });

  it('leaves what is registered as it is', async () => {
    const plugin = { plugin: '@ingot/bundle/plugin', options: { bundleTarget: 'assemble' } };
    tree.write('nx.json', JSON.stringify({ plugins: [plugin] }));
    await init(tree, { skipFormat: true });
    expect(readNxJson(tree)?.plugins).toEqual([plugin, '@ingot/oci/plugin']);
  });

  it('adds @ingot/oci in the version of @ingot/bundle, where that has one', async () => {
    const dependencies = () =>
      readJson<{ devDependencies: Record<string, string> }>(tree, 'package.json').devDependencies;
    tree.write('package.json', JSON.stringify({ devDependencies: { '@ingot/bundle': 'file:x.tgz' } }));
    await init(tree, { skipFormat: true });
    expect(dependencies()).toEqual({ '@ingot/bundle': 'file:x.tgz' });
    tree.write('package.json', JSON.stringify({ devDependencies: { '@ingot/bundle': '^0.1.0' } }));
    await init(tree, { skipFormat: true });
    expect(dependencies()).toEqual({ '@ingot/bundle': '^0.1.0', '@ingot/oci': '^0.1.0' });
  });
});
