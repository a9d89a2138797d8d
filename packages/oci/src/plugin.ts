import { posix } from 'node:path';
import type { CreateDependencies, CreateNodes, CreateNodesResultArray } from '@nx/devkit';
import {
  checkPluginOptions,
  circularNeeds,
  clashes,
  dependencyEdges,
  formatError,
  lockedReferences,
  nameOf,
  pluginInputs,
  projectFacts,
  targetNames,
} from '@ingot/workspace/inference';
import { artifactFacts } from './inference/artifact-facts.ts';
import { artifactTargets } from './inference/artifact-targets.ts';
import { dockerfileInputs } from './inference/dockerfile-inputs.ts';
import { imageFacts } from './inference/image-facts.ts';
import { imageTargets, optionNames, type OciPluginOptions } from './inference/image-targets.ts';

export type { OciPluginOptions } from './inference/image-targets.ts';

export const name = '@ingot/oci/plugin';

/** Changes when `imageFacts` or `artifactFacts` answers differently. */
const VERSION = '3';

/** Gives every folder with an image.yaml of ours the targets `image` and `export`, one with an artifact.yaml `artifact`. */
export const createNodes: CreateNodes<OciPluginOptions> = [
  '**/{image,artifact}.yaml',
  async (files, options = {}, context) => {
    const { workspaceRoot, nxJsonConfiguration } = context;
    checkPluginOptions(name, options, optionNames);
    const names = targetNames(['image', 'export', 'artifact'], { ...options });
    const images = await projectFacts(filesNamed('image.yaml', files), workspaceRoot, {
      kind: 'image',
      plugin: name,
      version: VERSION,
      read: imageFacts,
    });
    const artifacts = await projectFacts(filesNamed('artifact.yaml', files), workspaceRoot, {
      kind: 'artifact',
      plugin: `${name}-artifact`,
      version: VERSION,
      read: artifactFacts,
    });
    const named = images.map((image) => ({ ...image, name: nameOf(workspaceRoot, image.root, image.facts.name) }));
    const circular = circularNeeds(new Map(named.map(({ name, facts }) => [name, facts.base ? [facts.base] : []])));
    const locked = await lockedReferences(workspaceRoot, name);
    const inputs = pluginInputs({
      url: import.meta.url,
      packageName: '@ingot/oci',
      workspaceRoot,
      siblings: ['workspace', 'registry', 'content'],
      libraries: ['npm:yaml', 'npm:libdeflate', 'npm:@hpcc-js/wasm-zstd', 'npm:tar', 'npm:tinyglobby'],
    });

    const contexts = new Map<string, readonly string[]>();
    for (const { file, root, facts } of named) {
      const { dockerfile, packageVersion } = facts;
      const kept = ['image.yaml', ...(packageVersion ? ['package.json'] : [])];
      if (dockerfile) contexts.set(file, await dockerfileInputs(workspaceRoot, root, dockerfile, kept));
    }

    const errors: [string, Error][] = [];
    const imageNodes = named.map(({ file, root, facts, name }) => ({
      file,
      root,
      name,
      targets: imageTargets(file, root, facts, {
        names,
        options,
        pluginInputs: inputs,
        locked: facts.toLock === undefined ? [] : locked([facts.toLock]),
        circular: circular.has(name),
        contextInputs: contexts.get(file) ?? [],
      }),
    }));
    const imageNames = new Map(imageNodes.map(({ root, name }) => [root, name]));
    const artifactNodes = artifacts.map(({ file, root, facts }) => ({
      file,
      root,
      name: imageNames.get(root) ?? nameOf(workspaceRoot, root, facts.name),
      targets: artifactTargets(file, root, facts, { names, options, pluginInputs: inputs }),
    }));
    const results: CreateNodesResultArray = [...imageNodes, ...artifactNodes].map(({ file, root, name, targets }) => {
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

function filesNamed(name: string, files: readonly string[]): string[] {
  return files.filter((file) => posix.basename(file) === name);
}

/** Nx 23 asks for this name first. */
export const createNodesV2 = createNodes;

/** The edges to the projects that images are built on and copy from, and that make the files of artifacts. */
export const createDependencies: CreateDependencies<OciPluginOptions> = (_options, context) =>
  dependencyEdges(context.projects, ['@ingot/oci:image', '@ingot/oci:artifact']);
