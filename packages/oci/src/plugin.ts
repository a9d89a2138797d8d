import type { CreateDependencies, CreateNodes, CreateNodesResultArray } from '@nx/devkit';
import {
  checkPluginOptions,
  clashes,
  dependencyEdges,
  formatError,
  pluginInputs,
  targetNames,
} from '@ingot/workspace/inference';
import { optionNames, type OciPluginOptions } from './inference/image-targets.ts';
import { claimedTwice, nodesOf } from './inference/nodes.ts';

export type { OciPluginOptions } from './inference/image-targets.ts';

export const name = '@ingot/oci/plugin';

/**
 * Gives every folder with an image.yaml of ours the targets `image` and `export`, one with an artifact.yaml `artifact`;
 * both `reproduce`, and where the file names a repository, `push`, `preflight` and `nx-release-publish` as well.
 */
export const createNodes: CreateNodes<OciPluginOptions> = [
  '**/{image,artifact}.yaml',
  async (files, options = {}, context) => {
    const { workspaceRoot, nxJsonConfiguration } = context;
    checkPluginOptions(name, options, optionNames);
    const nodes = await nodesOf(files, {
      workspaceRoot,
      plugin: name,
      options,
      names: targetNames(['image', 'export', 'artifact', 'push', 'preflight', 'reproduce'], { ...options }),
      pluginInputs: pluginInputs({
        url: import.meta.url,
        packageName: '@ingot/oci',
        workspaceRoot,
        siblings: ['workspace', 'registry', 'content'],
        libraries: ['npm:yaml', 'npm:libdeflate', 'npm:@hpcc-js/wasm-zstd', 'npm:tar', 'npm:tinyglobby'],
      }),
    });
    const asNxPrints = (error: Error) => new Error(formatError(error, { cwd: workspaceRoot }));
    const errors = claimedTwice(nodes).map(({ file, error }): [string, Error] => [file, asNxPrints(error)]);
    const results: CreateNodesResultArray = nodes.map(({ file, root, name, targets, release }) => {
      const executors = new Map(Object.entries(targets).map(([target, { executor }]) => [target, executor!]));
      for (const error of clashes({ workspaceRoot, plugins: nxJsonConfiguration.plugins, file, targets: executors })) {
        errors.push([file, asNxPrints(error)]);
      }
      return [file, { projects: { [root]: { root, name, targets, ...(release && { release }) } } }];
    });
    if (errors.length === 0) return results;
    const { AggregateCreateNodesError } = await import('@nx/devkit');
    throw new AggregateCreateNodesError(errors, results);
  },
];

/** Nx 23 asks for this name first. */
export const createNodesV2 = createNodes;

/** The edges to the projects that images are built on and copy from, and that make the files of artifacts. */
export const createDependencies: CreateDependencies<OciPluginOptions> = (_options, context) =>
  dependencyEdges(context.projects, ['@ingot/oci:image', '@ingot/oci:artifact', '@ingot/oci:push']);
