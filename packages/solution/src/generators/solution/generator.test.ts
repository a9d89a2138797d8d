import { createTreeWithEmptyWorkspace } from '@nx/devkit/testing';
import { readJson, readNxJson } from '@nx/devkit';
import type { Tree } from '@nx/devkit';
import { beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { crdProblems, roleProblems, volumeIdProblems } from '../../format/index.ts';
import init from '../init/generator.ts';
import solution from './generator.ts';

let tree: Tree;
beforeEach(() => {
  tree = createTreeWithEmptyWorkspace();
});

const read = (path: string) => tree.read(path, 'utf8') ?? '';

describe('@ingot/solution:init', () => {
  it('registers the plugins once', async () => {
    await init(tree, { skipFormat: true });
    await init(tree, { skipFormat: true });
    expect(readNxJson(tree)?.plugins).toEqual(['@ingot/oci/plugin', '@ingot/solution/plugin']);
  });

  it('leaves what is registered as it is', async () => {
    const plugin = { plugin: '@ingot/solution/plugin', options: { cachePack: false } };
    tree.write('nx.json', JSON.stringify({ plugins: [plugin] }));
    await init(tree, { skipFormat: true });
    expect(readNxJson(tree)?.plugins).toEqual([plugin, '@ingot/oci/plugin']);
  });

  it('adds @ingot/oci in the version of @ingot/solution, where that has one', async () => {
    const dependencies = () =>
      readJson<{ devDependencies: Record<string, string> }>(tree, 'package.json').devDependencies;
    tree.write('package.json', JSON.stringify({ devDependencies: { '@ingot/solution': 'file:x.tgz' } }));
    await init(tree, { skipFormat: true });
    expect(dependencies()).toEqual({ '@ingot/solution': 'file:x.tgz' });
    tree.write('package.json', JSON.stringify({ devDependencies: { '@ingot/solution': '^0.1.0' } }));
    await init(tree, { skipFormat: true });
    expect(dependencies()).toEqual({ '@ingot/solution': '^0.1.0', '@ingot/oci': '^0.1.0' });
  });
});

describe('@ingot/solution:solution', () => {
  it('writes a Solution and an image for its operator', async () => {
    await solution(tree, { name: 'storage', directory: 'solutions/storage', skipFormat: true });
    const file = parse(read('solutions/storage/solution.yaml')) as Record<string, unknown>;
    expect(file).toMatchObject({
      ingot: 'solution/v1',
      name: 'storage',
      images: [{ from: 'project:storage-operator' }],
    });
    expect(Object.keys(file)[0]).toBe('ingot');
    expect(read('solutions/storage/solution.yaml')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/\.\.\/node_modules\//,
    );
    const image = parse(read('solutions/storage-operator/image.yaml')) as Record<string, unknown>;
    expect(image).toMatchObject({ ingot: 'image/v1', name: 'storage-operator' });
    expect(tree.exists('solutions/storage-operator/placeholder.txt')).toBe(true);
    const crd = 'operator/deploy/crds/sample_crd.yaml';
    expect(crdProblems(crd, read(`solutions/storage/${crd}`))).toEqual([]);
    expect(roleProblems(read('solutions/storage/operator/deploy/role.yaml'))).toEqual([]);
    expect(read('solutions/storage-operator/README.md')).toContain('holds a text and no program');
    expect(readNxJson(tree)?.plugins).toContain('@ingot/solution/plugin');
  });

  it('gives a volume ID where the usual one is too long', async () => {
    await solution(tree, { name: 'a-solution-with-a-rather-long-name', skipFormat: true });
    const { volumeId } = parse(read('a-solution-with-a-rather-long-name/solution.yaml')) as { volumeId: string };
    expect(volumeIdProblems(volumeId)).toEqual([]);
    expect(volumeId).toMatch(/^a-solution.* 0\.1\.0$/);
  });

  it.each([
    [{ name: 'Storage' }, 'INGOT_SOLUTION_NAME'],
    [{ name: 'metalk8s-storage' }, 'INGOT_SOLUTION_NAME'],
    [{ name: 'n'.repeat(60) }, 'INGOT_SOLUTION_VERSION'],
    [{ name: 'storage', directory: '../storage' }, 'INGOT_GENERATOR_DIRECTORY'],
    [{ name: 'storage', directory: '/storage' }, 'INGOT_GENERATOR_DIRECTORY'],
  ])('refuses %j', async (options, code) => {
    await expect(solution(tree, options)).rejects.toThrow(code);
    expect(tree.listChanges().filter(({ path }) => path.includes('storage'))).toEqual([]);
  });

  it('overwrites nothing', async () => {
    await solution(tree, { name: 'storage', skipFormat: true });
    await expect(solution(tree, { name: 'storage' })).rejects.toThrow('INGOT_GENERATOR_DIRECTORY');
  });
});
