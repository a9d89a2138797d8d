import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  clashes,
  dependencyEdges,
  pluginInputs,
  projectFacts,
  projectName,
  targetNames,
  throwErrors,
} from '@ingot/workspace/inference';
import type { ProjectFacts } from '@ingot/workspace/inference';
import type { CreateDependencies, CreateNodes, CreateNodesContext, CreateNodesResult } from '@nx/devkit';

import type { SolutionFacts } from './inference/facts.ts';
import { solutionFacts } from './inference/facts.ts';
import type { SolutionPluginOptions, TargetNames } from './inference/targets.ts';
import { solutionTargets } from './inference/targets.ts';

export const name = '@ingot/solution/plugin';

/** Part of the cache's key: raised whenever `solutionFacts` answers differently for the same file. */
const factsVersion = '1';

/** Every solution.yaml of Ingot's makes its folder a project with the targets plan, pack and verify. */
export const createNodes: CreateNodes<SolutionPluginOptions> = [
  '**/solution.yaml',
  async (files, options, context) => {
    const names = targetNames(['plan', 'pack', 'verify'], options as Record<string, unknown> | undefined);
    const solutions = await projectFacts(files, context.workspaceRoot, {
      kind: 'solution',
      plugin: '@ingot/solution',
      version: factsVersion,
      read: solutionFacts,
    });
    return solutions.map((solution) => [solution.file, inferred(solution, options ?? {}, names, context)] as const);
  },
];

/** Nx before 24 looks for this name. */
export const createNodesV2 = createNodes;

/** The images that a Solution takes are edges of the graph, so that `affected` and `nx graph` follow them. */
export const createDependencies: CreateDependencies<SolutionPluginOptions> = (_options, context) =>
  dependencyEdges(context.projects, ['@ingot/solution:plan']);

function inferred(
  { file, root, facts }: ProjectFacts<SolutionFacts>,
  options: SolutionPluginOptions,
  names: TargetNames,
  context: CreateNodesContext,
): CreateNodesResult {
  const targets = solutionTargets({
    facts,
    options,
    names,
    plugin: pluginInputs({
      url: import.meta.url,
      packageName: '@ingot/solution',
      workspaceRoot: context.workspaceRoot,
      siblings: ['content', 'iso9660', 'workspace'],
      libraries: ['libdeflate', 'yaml'],
    }),
    packageVersion: facts.version === 'package.json' ? packageVersion(join(context.workspaceRoot, root)) : undefined,
  });
  throwErrors(
    clashes({
      workspaceRoot: context.workspaceRoot,
      plugins: context.nxJsonConfiguration.plugins,
      file,
      targets: new Map(Object.entries(targets).map(([target, { executor }]) => [target, executor ?? ''])),
    }),
  );
  const named = projectName(context.workspaceRoot, root) ?? facts.name;
  return { projects: { [root]: { root, ...(named === undefined ? {} : { name: named }), targets } } };
}

function packageVersion(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string };
    return version;
  } catch {
    return undefined;
  }
}
