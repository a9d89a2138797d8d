import { describe, expect, it } from 'vitest';

import { solutionFacts } from './facts.ts';

describe('solutionFacts', () => {
  it('finds the projects and the paths that a Solution is made of', () => {
    const facts = solutionFacts({
      ingot: 'solution/v1',
      name: 'x',
      version: '1.0.0',
      images: [
        { from: 'project:b' },
        { from: 'project:a' },
        { from: 'project:b', name: 'again' },
        { from: 'oci-archive:vendor/tool.tar:1.0' },
        { from: 'oci:vendor/layout@sha256:00' },
        { from: 'docker-daemon:x:1' },
      ],
      operator: { image: 'a', deploy: 'operator/deploy' },
      files: [{ from: 'docs', to: 'docs' }],
      buildInfo: ['time'],
    });
    expect(facts).toEqual({
      name: 'x',
      version: '1.0.0',
      projects: ['a', 'b'],
      paths: ['docs', 'operator/deploy', 'vendor/layout', 'vendor/tool.tar'],
      buildInfo: ['time'],
    });
  });

  it('takes no path that leaves the project, since Nx would refuse the whole workspace for it', () => {
    const facts = solutionFacts({
      files: [
        { from: '../x', to: 'x' },
        { from: '/etc', to: 'y' },
        { from: 'a/../..', to: 'z' },
      ],
    });
    expect(facts.paths).toEqual([]);
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [7],
    [[]],
    [{ images: 'x', operator: 3, files: [null, { from: {} }], buildInfo: {} }],
  ])('makes do with %j', (value) => {
    expect(solutionFacts(value)).toEqual({ projects: [], paths: [], buildInfo: [] });
  });
});
