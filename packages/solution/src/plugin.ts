import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  checkPluginOptions,
  clashes,
  dependencyEdges,
  formatError,
  lockedReferences,
  nameOf,
  pluginInputs,
  projectFacts,
  targetNames,
} from '@ingot/workspace/inference';
import type { Locked, ProjectFacts } from '@ingot/workspace/inference';
import type {
  CreateDependencies,
  CreateNodes,
  CreateNodesContext,
  CreateNodesResultArray,
  TargetConfiguration,
} from '@nx/devkit';

import type { SolutionFacts } from './inference/facts.ts';
import { solutionFacts } from './inference/facts.ts';
import type { SolutionPluginOptions, TargetNames } from './inference/targets.ts';
import { optionNames, solutionTargets } from './inference/targets.ts';

export const name = '@ingot/solution/plugin';

/** Part of the cache's key: raised whenever `solutionFacts` answers differently for the same file. */
const factsVersion = '4';

/** Every solution.yaml of Ingot's makes its folder a project with the targets plan, pack, verify and reproduce. */
export const createNodes: CreateNodes<SolutionPluginOptions> = [
  '**/solution.yaml',
  async (files, options, context) => {
    checkPluginOptions(name, options, optionNames);
    const names = targetNames(['plan', 'pack', 'verify', 'reproduce'], options as Record<string, unknown> | undefined);
    const solutions = await projectFacts(files, context.workspaceRoot, {
      kind: 'solution',
      plugin: '@ingot/solution',
      version: factsVersion,
      read: solutionFacts,
    });
    const locked = await lockedReferences(context.workspaceRoot, name);
    const errors: [string, Error][] = [];
    const results: CreateNodesResultArray = solutions.map((solution) => {
      const { file, root, facts } = solution;
      const targets = inferred(solution, options ?? {}, names, locked, context);
      for (const error of clashesOf(file, targets, context)) errors.push([file, error]);
      return [file, { projects: { [root]: { root, name: nameOf(context.workspaceRoot, root, facts.name), targets } } }];
    });
    if (errors.length === 0) return results;
    const { AggregateCreateNodesError } = await import('@nx/devkit');
    throw new AggregateCreateNodesError(errors, results);
  },
];

/** Nx before 24 looks for this name. */
export const createNodesV2 = createNodes;

/** The images that a Solution takes are edges of the graph, so that `affected` and `nx graph` follow them. */
export const createDependencies: CreateDependencies<SolutionPluginOptions> = (_options, context) =>
  dependencyEdges(context.projects, ['@ingot/solution:plan']);

function inferred(
  { root, facts }: ProjectFacts<SolutionFacts>,
  options: SolutionPluginOptions,
  names: TargetNames,
  locked: Locked,
  context: CreateNodesContext,
): Record<string, TargetConfiguration> {
  return solutionTargets({
    root,
    facts,
    options,
    names,
    locked: locked(facts.toLock),
    plugin: pluginInputs({
      url: import.meta.url,
      packageName: '@ingot/solution',
      workspaceRoot: context.workspaceRoot,
      siblings: ['content', 'registry', 'iso9660', 'workspace'],
      libraries: ['npm:yaml', 'npm:libdeflate', 'npm:@hpcc-js/wasm-zstd', 'npm:tar'],
    }),
    packageVersion: facts.version === 'package.json' ? packageVersion(join(context.workspaceRoot, root)) : undefined,
  });
}

/** Nx prints an error's message alone, so place, code and remedy are put there. */
function clashesOf(file: string, targets: Record<string, TargetConfiguration>, context: CreateNodesContext): Error[] {
  const { workspaceRoot, nxJsonConfiguration } = context;
  const executors = new Map(Object.entries(targets).map(([target, { executor = '' }]) => [target, executor]));
  return clashes({ workspaceRoot, plugins: nxJsonConfiguration.plugins, file, targets: executors }).map(
    (error) => new Error(formatError(error, { cwd: workspaceRoot })),
  );
}

function packageVersion(folder: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version?: string };
    return version;
  } catch {
    return undefined;
  }
}
