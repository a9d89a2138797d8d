import { describe, expect, it } from 'vitest';

import type { SolutionTargets } from './targets.ts';
import { solutionTargets } from './targets.ts';

const solution: SolutionTargets = {
  root: 'apps/x',
  facts: {
    name: 'x',
    version: '1.2.3',
    projects: ['a', 'b'],
    paths: ['docs'],
    buildInfo: [],
    toLock: [],
    volatile: false,
  },
  locked: [],
  options: {},
  names: { plan: 'plan', pack: 'pack', verify: 'verify', reproduce: 'reproduce' },
  plugin: ['the plugin'],
  packageVersion: undefined,
};

describe('solutionTargets', () => {
  it('plans from the images’ results and packs from the plan, so that equal digests are cache hits', () => {
    const { plan, pack, verify } = solutionTargets(solution);
    expect(plan?.dependsOn).toEqual([{ projects: ['a', 'b'], target: 'image' }]);
    expect(plan?.inputs).toContainEqual({ dependentTasksOutputFiles: '**/image.json', transitive: false });
    expect(plan?.inputs).toContain('{projectRoot}/docs/**/*');
    expect(plan?.inputs).toContainEqual({ env: 'SOURCE_DATE_EPOCH' });
    expect(pack?.inputs).toEqual([{ dependentTasksOutputFiles: '**/plan.json', transitive: false }, 'the plugin']);
    expect(pack?.dependsOn).toEqual(['plan', { projects: ['a', 'b'], target: 'image' }]);
    expect(pack?.outputs).toContain('{options.outputPath}/x-1.2.3.iso');
    expect(verify?.dependsOn).toEqual(['pack']);
    for (const target of [plan, pack, verify]) {
      expect(target?.cache).toBe(true);
      expect(JSON.stringify(target?.inputs)).not.toMatch(/\^|"default"|\*\*\/\*"\]$/);
    }
  });

  it('caches no plan with an image of a daemon, whose changes no hash shows', () => {
    const targets = solutionTargets({ ...solution, facts: { ...solution.facts, volatile: true } });
    expect(targets['plan']?.cache).toBe(false);
    expect(targets['pack']?.cache).toBe(true);
  });

  it('plans again where ingot.lock pins another digest, and shows the lock to nx affected', () => {
    const locked = ['docker.io/library/nginx:1.27@sha256:' + '0'.repeat(64)];
    const facts = { ...solution.facts, toLock: ['nginx:1.27'] };
    const { plan } = solutionTargets({ ...solution, facts, locked });
    expect(plan?.options).toMatchObject({ locked });
    expect(plan?.inputs).toContain('{workspaceRoot}/ingot.lock');
    expect(plan?.inputs).toContain('!{workspaceRoot}/ingot.lock');
    expect(JSON.stringify(solutionTargets(solution))).not.toContain('lock');
  });

  it.each([
    ['apps/x', 'apps/x/dist'],
    ['.', 'dist'],
  ])('has outputs that follow outputPath, which in %s is %s', (root, outputPath) => {
    const { plan, pack, verify } = solutionTargets({ ...solution, root });
    for (const target of [plan, pack, verify]) expect(target?.options).toEqual({ outputPath });
    expect(plan?.outputs).toEqual(['{options.outputPath}/plan.json']);
    expect(pack?.outputs).toEqual([
      '{options.outputPath}/x-1.2.3.iso',
      '{options.outputPath}/x-1.2.3.iso.sha256',
      '{options.outputPath}/pack.json',
    ]);
  });

  it('takes the names and defaults that nx.json gives', () => {
    const targets = solutionTargets({
      ...solution,
      names: { plan: 'lay-out', pack: 'iso', verify: 'check', reproduce: 'reproduce' },
      options: {
        cachePack: false,
        mediaCheck: true,
        platform: 'linux/arm64',
        labels: { a: 'b' },
        imageTarget: 'container',
      },
    });
    expect(Object.keys(targets)).toEqual(['lay-out', 'iso', 'check', 'reproduce']);
    expect(targets['iso']).toMatchObject({ cache: false, options: { mediaCheck: true } });
    expect(targets['lay-out']?.options).toMatchObject({ platform: 'linux/arm64', labels: { a: 'b' } });
    expect(targets['lay-out']?.dependsOn).toEqual([{ projects: ['a', 'b'], target: 'container' }]);
    expect(targets['check']?.dependsOn).toEqual(['iso']);
  });

  it('makes what the manifest says of the build an input, and nothing of it otherwise', () => {
    const runtimes = (buildInfo: string[]) =>
      (solutionTargets({ ...solution, facts: { ...solution.facts, buildInfo } })['plan']?.inputs ?? []).flatMap(
        (input) => (typeof input === 'object' && 'runtime' in input ? [input.runtime] : []),
      );
    expect(runtimes([])).toEqual([]);
    expect(runtimes(['host', 'time', 'revision'])).toEqual([
      'hostname',
      'git log -1 --format=%ct',
      'git describe --always --long --tags --dirty',
    ]);
  });

  it('takes nothing of a path for a pattern', () => {
    const facts = { ...solution.facts, paths: ['docs (v1) [x]{y}*', '.'] };
    expect(solutionTargets({ ...solution, facts })['plan']?.inputs).toEqual(
      expect.arrayContaining([
        '{projectRoot}/docs ?v1? ?x??y??',
        '{projectRoot}/docs ?v1? ?x??y??/**/*',
        '{projectRoot}/**/*',
      ]),
    );
  });

  it('lets no name lead the outputs out of the project', () => {
    const facts = { ...solution.facts, name: '../../x', version: '/../*' };
    for (const output of solutionTargets({ ...solution, facts })['pack']?.outputs ?? []) {
      expect(output).toMatch(/^\{options\.outputPath\}\/[\w.-]+$/);
    }
  });

  it('names the ISO by the version of package.json where solution.yaml says so', () => {
    const facts = { ...solution.facts, version: 'package.json' };
    const targets = solutionTargets({ ...solution, facts, packageVersion: '4.5.6' });
    expect(targets['pack']?.outputs).toContain('{options.outputPath}/x-4.5.6.iso');
    expect(targets['plan']?.inputs).toContain('{projectRoot}/package.json');
  });
});
