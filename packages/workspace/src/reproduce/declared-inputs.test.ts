import type { ProjectGraph, TargetConfiguration } from '@nx/devkit';
import { describe, expect, it } from 'vitest';
import { declaredInputs } from './declared-inputs.ts';

function graph(projects: Record<string, TargetConfiguration>, dependencies: Record<string, string[]> = {}) {
  const nodes = Object.fromEntries(
    Object.entries(projects).map(([name, target]) => [
      name,
      { name, data: { root: name, targets: { build: target } } },
    ]),
  );
  const edges = Object.entries(dependencies).map(([source, targets]) => [
    source,
    targets.map((target) => ({ source, target, type: 'static' })),
  ]);
  return { nodes, dependencies: Object.fromEntries(edges) } as unknown as ProjectGraph;
}

describe('declaredInputs', () => {
  it('are the files that targets name, without globs and what others make', () => {
    const inputs = [
      '{projectRoot}/packages.lock',
      '{workspaceRoot}/ingot.lock',
      { fileset: '{projectRoot}/keys' },
      '{projectRoot}/**/*',
      '!{projectRoot}/not-this',
      '{projectRoot}/../outside/../../further',
      'default',
      { env: 'SOURCE_DATE_EPOCH' },
      { dependentTasksOutputFiles: '**/x.json' },
    ];
    expect(declaredInputs(graph({ a: { inputs } }), 'a')).toEqual(['a/keys', 'a/packages.lock', 'ingot.lock']);
  });

  it('are those of all projects that it is built of', () => {
    const own = { inputs: ['{projectRoot}/packages.lock'] };
    const projects = {
      a: { ...own, dependsOn: ['^build', { projects: ['b'], target: 'push' }, 'e:build'] },
      ...{ b: own, c: { ...own, dependsOn: [{ projects: 'a', target: 'x' }] }, d: own, e: own },
    };
    const locks = ['a', 'b', 'c', 'e'].map((name) => `${name}/packages.lock`);
    expect(declaredInputs(graph(projects, { b: ['c'], c: ['npm:x'] }), 'a')).toEqual(locks);
  });
});
