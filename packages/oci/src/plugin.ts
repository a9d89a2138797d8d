import type { CreateDependencies, CreateNodes, CreateNodesResultArray } from '@nx/devkit';
import {
  checkPluginOptions,
  circularNeeds,
  clashes,
  dependencyEdges,
  formatError,
  nameOf,
  pluginInputs,
  projectFacts,
  targetNames,
} from '@ingot/workspace/inference';
import { imageFacts } from './inference/image-facts.ts';
import { imageTargets, optionNames, type OciPluginOptions } from './inference/image-targets.ts';

export type { OciPluginOptions } from './inference/image-targets.ts';

export const name = '@ingot/oci/plugin';

/** Changes when `imageFacts` answers differently. */
const VERSION = '2';

/** Gives every folder with an image.yaml of ours the targets `image` and `export`. */
export const createNodes: CreateNodes<OciPluginOptions> = [
  '**/image.yaml',
  async (files, options = {}, context) => {
    const { workspaceRoot, nxJsonConfiguration } = context;
    checkPluginOptions(name, options, optionNames);
    const names = targetNames(['image', 'export'], { ...options });
    const images = await projectFacts(files, workspaceRoot, {
      kind: 'image',
      plugin: name,
      version: VERSION,
      read: imageFacts,
    });
    const named = images.map((image) => ({ ...image, name: nameOf(workspaceRoot, image.root, image.facts.name) }));
    const circular = circularNeeds(new Map(named.map(({ name, facts }) => [name, facts.base ? [facts.base] : []])));
    const inputs = pluginInputs({
      url: import.meta.url,
      packageName: '@ingot/oci',
      workspaceRoot,
      siblings: ['workspace', 'content'],
      libraries: ['npm:yaml', 'npm:libdeflate', 'npm:@hpcc-js/wasm-zstd', 'npm:tar', 'npm:tinyglobby'],
    });

    const errors: [string, Error][] = [];
    const results: CreateNodesResultArray = named.map(({ file, root, facts, name }) => {
      const targets = imageTargets(file, root, facts, {
        names,
        options,
        pluginInputs: inputs,
        circular: circular.has(name),
      });
      const executors = new Map(Object.entries(targets).map(([target, { executor }]) => [target, executor!]));
      for (const error of clashes({ workspaceRoot, plugins: nxJsonConfiguration.plugins, file, targets: executors })) {
        errors.push([file, new Error(formatError(error, { cwd: workspaceRoot }))]);
      }
      return [file, { projects: { [root]: { root, name, targets } } }];
    });
    if (errors.length === 0) return results;
    const { AggregateCreateNodesError } = await import('@nx/devkit');
    throw new AggregateCreateNodesError(errors, results);
  },
];

/** Nx 23 asks for this name first. */
export const createNodesV2 = createNodes;

/** The edges to the projects that images are built on and copy from. */
export const createDependencies: CreateDependencies<OciPluginOptions> = (_options, context) =>
  dependencyEdges(context.projects, ['@ingot/oci:image']);
