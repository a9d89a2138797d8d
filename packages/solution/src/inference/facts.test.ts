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
        { from: 'docker://nginx:1.27' },
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
      toLock: ['nginx:1.27'],
      volatile: true,
    });
  });

  it('knows what lies where no hash reaches', () => {
    const volatile = (from: string) => solutionFacts({ images: [{ from: 'project:a' }, { from }] }).volatile;
    expect(volatile('docker-daemon:x:1')).toBe(true);
    const hashed = ['docker-archive:x.tar', 'oci:docker:1', 'dir:docker-daemon', 'docker://host/x:1'];
    expect(hashed.map(volatile)).toEqual([false, false, false, false]);
  });

  it('knows what ingot.lock must pin: not what has its own digest', () => {
    const images = ['docker://host/x:1', `docker://host/y:1@sha256:${'0'.repeat(64)}`, 'docker://host/x:1'];
    expect(solutionFacts({ images: images.map((from) => ({ from })) }).toLock).toEqual(['host/x:1']);
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

  it('takes paths as Nx spells them, since others match nothing and leave a stale plan in the cache', () => {
    const from = ['./docs', 'notes/', 'a//b', 'c/../d'];
    const facts = solutionFacts({
      files: from.map((each) => ({ from: each, to: 'x' })),
      images: [{ from: 'dir:./e:f' }],
    });
    expect(facts.paths).toEqual(['a/b', 'd', 'docs', 'e:f', 'notes']);
  });

  it('finds the paths of sources with an @ in their names', () => {
    const froms = ['oci-archive:a@2.tar:1.0', 'oci:b@c@sha256:00', 'docker-archive:d@e.tar:@0'];
    const facts = solutionFacts({ images: froms.map((from) => ({ from })) });
    expect(facts.paths).toEqual(['a@2.tar', 'b@c', 'd@e.tar']);
  });

  it('takes no patterns of Nx for projects', () => {
    const froms = ['project:*', 'project:!a', 'project:tag:b', 'project:{a,b}', 'project:', 'project:@scope/c'];
    expect(solutionFacts({ images: froms.map((from) => ({ from })) }).projects).toEqual(['@scope/c']);
  });

  it.each([
    [undefined],
    [null],
    ['text'],
    [7],
    [[]],
    [{ images: 'x', operator: 3, files: [null, { from: {} }], buildInfo: {} }],
  ])('makes do with %j', (value) => {
    expect(solutionFacts(value)).toEqual({ projects: [], paths: [], buildInfo: [], toLock: [], volatile: false });
  });
});
