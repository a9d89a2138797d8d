import { describe, expect, it } from 'vitest';
import { circularNeeds, dependencyEdges } from './edges.ts';

describe('dependencyEdges', () => {
  it('leads to every project that a target of ours needs, once, and to none that is not there', () => {
    const image = {
      executor: '@ingot/oci:image',
      dependsOn: ['build', { projects: ['base', 'gone', 'a'], target: 'image' }, { projects: 'tool', target: 'build' }],
    };
    const projects = {
      a: {
        root: 'a',
        targets: { image, image2: image, other: { executor: 'x', dependsOn: [{ projects: ['c'], target: 'y' }] } },
      },
      base: { root: 'base' },
      tool: { root: 'tool' },
      c: { root: 'c' },
    };
    expect(dependencyEdges(projects, ['@ingot/oci:image'])).toEqual([
      { source: 'a', target: 'base', type: 'implicit' },
      { source: 'a', target: 'tool', type: 'implicit' },
    ]);
  });
});

describe('circularNeeds', () => {
  it('finds the members of circles and nobody else', () => {
    const needs = new Map([
      ['a', ['b']],
      ['b', ['c', 'x']],
      ['c', ['a']],
      ['x', []],
      ['onto', ['a']],
      ['self', ['self']],
      ['lost', ['nowhere']],
    ]);
    expect([...circularNeeds(needs)].map(([name, closing]) => [name, [...closing]])).toEqual([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
      ['self', ['self']],
    ]);
  });
});
