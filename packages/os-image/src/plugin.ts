import { dockerfileInputs } from '@ingot/oci/inference';
import {
  checkPluginOptions,
  clashes,
  dependencyEdges,
  formatError,
  lockedReferences,
  nameOf,
  pluginInputs,
  projectFacts,
} from '@ingot/workspace/inference';
import type { CreateDependencies, CreateNodes, CreateNodesResultArray } from '@nx/devkit';
import { osImageFacts } from './inference/facts.ts';
import { optionNames, osImageTargets, type OsImagePluginOptions } from './inference/targets.ts';

export const name = '@ingot/os-image/plugin';

/** Changes when `osImageFacts` answers differently. */
const VERSION = '1';

/** Gives every folder with an os-image.yaml of ours its targets: plan, rootfs, one for each format, and what uses them. */
export const createNodes: CreateNodes<OsImagePluginOptions> = [
  '**/os-image.yaml',
  async (files, options = {}, context) => {
    const { workspaceRoot, nxJsonConfiguration } = context;
    checkPluginOptions(name, options, optionNames);
    const images = await projectFacts(files, workspaceRoot, {
      kind: 'os-image',
      plugin: name,
      version: VERSION,
      read: osImageFacts,
    });
    const locked = await lockedReferences(workspaceRoot, name);
    const ownInputs = pluginInputs({
      url: import.meta.url,
      packageName: '@ingot/os-image',
      workspaceRoot,
      siblings: ['oci', 'workspace', 'registry', 'content'],
      libraries: ['npm:yaml', 'npm:libdeflate', 'npm:@hpcc-js/wasm-zstd', 'npm:tar', 'npm:tinyglobby'],
    });
    const errors: [string, Error][] = [];
    const results: CreateNodesResultArray = [];
    for (const { file, root, facts } of images) {
      const targets = osImageTargets(file, facts, {
        options,
        pluginInputs: ownInputs,
        locked: facts.toLock === undefined ? [] : locked([facts.toLock]),
        contextInputs: facts.dockerfile
          ? await dockerfileInputs(workspaceRoot, root, facts.dockerfile, [], ['dist/**/*'])
          : [],
      });
      const executors = new Map(Object.entries(targets).map(([target, { executor }]) => [target, executor!]));
      for (const error of clashes({ workspaceRoot, plugins: nxJsonConfiguration.plugins, file, targets: executors })) {
        errors.push([file, new Error(formatError(error, { cwd: workspaceRoot }))]);
      }
      const name = nameOf(workspaceRoot, root, facts.name);
      results.push([file, { projects: { [root]: { root, name, targets } } }]);
    }
    if (errors.length === 0) return results;
    const { AggregateCreateNodesError } = await import('@nx/devkit');
    throw new AggregateCreateNodesError(errors, results);
  },
];

/** Nx 23 asks for this name first. */
export const createNodesV2 = createNodes;

/** The edges to the projects whose images and files root file systems are made of. */
export const createDependencies: CreateDependencies<OsImagePluginOptions> = (_options, context) =>
  dependencyEdges(context.projects, ['@ingot/os-image:rootfs']);
