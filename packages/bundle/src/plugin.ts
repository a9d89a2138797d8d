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
  type ProjectFacts,
} from '@ingot/workspace/inference';
import type { CreateDependencies, CreateNodes, CreateNodesResultArray, TargetConfiguration } from '@nx/devkit';
import { releaseOfProjectFile } from '@ingot/oci/inference';
import { bundleFacts, type BundleFacts } from './inference/bundle-facts.ts';
import { catalogFacts } from './inference/catalog-facts.ts';
import { namedProjects } from './inference/named-projects.ts';
import {
  bundleTargets,
  catalogTargets,
  optionNames,
  targetKeys,
  type BundlePluginOptions,
} from './inference/targets.ts';

export type { BundlePluginOptions } from './inference/targets.ts';

export const name = '@ingot/bundle/plugin';

/** Changes when `bundleFacts` or `catalogFacts` answers differently. */
const VERSION = '1';

interface Node {
  readonly file: string;
  readonly root: string;
  readonly name: string;
  readonly targets: Record<string, TargetConfiguration>;
  /** How `nx release` finds the version; absent: as it does without us. */
  readonly release?: typeof releaseOfProjectFile;
}

/** Gives every folder with a bundle.yaml or catalog.yaml of ours its targets. */
export const createNodes: CreateNodes<BundlePluginOptions> = [
  '**/{bundle,catalog}.yaml',
  async (files, given = {}, { workspaceRoot, nxJsonConfiguration }) => {
    checkPluginOptions(name, given, optionNames);
    const images = optionsOfImages(nxJsonConfiguration.plugins);
    const registry = given.registry ?? images.registry;
    const imageTarget = given.imageTarget ?? images.imageTarget;
    const common = {
      names: targetNames(targetKeys, {
        ...given,
        deployManifestTarget: given.deployManifestTarget ?? 'deploy-manifest',
      }),
      options: {
        ...given,
        ...(registry === undefined ? {} : { registry }),
        ...(imageTarget === undefined ? {} : { imageTarget }),
      },
      imagePushTarget: images.pushTarget ?? 'push',
      pluginInputs: pluginInputs({
        url: import.meta.url,
        packageName: '@ingot/bundle',
        workspaceRoot,
        siblings: ['oci', 'workspace', 'registry', 'content'],
        libraries: ['npm:yaml', 'npm:libdeflate', 'npm:tar', 'npm:tinyglobby', 'npm:semver'],
      }),
    };
    const locked = await lockedReferences(workspaceRoot, name);
    const of = (kind: string) => files.filter((file) => file === kind || file.endsWith(`/${kind}`));
    const bundles = await projectFacts(of('bundle.yaml'), workspaceRoot, {
      ...{ kind: 'bundle', plugin: name, version: VERSION, read: bundleFacts },
    });
    const catalogs = await projectFacts(of('catalog.yaml'), workspaceRoot, {
      ...{ kind: 'catalog', plugin: `${name}-catalog`, version: VERSION, read: catalogFacts },
    });
    const node = (
      { file, root, facts }: ProjectFacts<Pick<BundleFacts, 'name' | 'push' | 'packageVersion'>>,
      targets: Node['targets'],
    ): Node => ({
      ...{ file, root, name: nameOf(workspaceRoot, root, facts.name), targets },
      ...(facts.push === undefined || facts.packageVersion ? {} : { release: releaseOfProjectFile }),
    });
    const nodes = [
      ...bundles.map((bundle) => {
        const { file, root, facts } = bundle;
        const named = namedProjects(join(workspaceRoot, root), facts.own);
        return node(bundle, bundleTargets(file, facts, named, { ...common, root }));
      }),
      ...catalogs.map((catalog) => {
        const { file, root, facts } = catalog;
        return node(catalog, catalogTargets(file, facts, locked(facts.toLock), { ...common, root }));
      }),
    ];
    const errors: [string, Error][] = [];
    const results: CreateNodesResultArray = nodes.map(({ file, root, name, targets, release }) => {
      const executors = new Map(Object.entries(targets).map(([target, { executor }]) => [target, executor!]));
      for (const error of clashes({ workspaceRoot, plugins: nxJsonConfiguration.plugins, file, targets: executors })) {
        errors.push([file, new Error(formatError(error, { cwd: workspaceRoot }))]);
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

/** The edges to the projects whose images, files and bundles are named. */
export const createDependencies: CreateDependencies<BundlePluginOptions> = (_options, context) =>
  dependencyEdges(context.projects, ['@ingot/bundle:bundle', '@ingot/bundle:catalog', '@ingot/bundle:push']);

interface OptionsOfImages {
  readonly registry?: string;
  readonly imageTarget?: string;
  readonly pushTarget?: string;
}

/** What nx.json tells @ingot/oci's plugin: images and bundles of a workspace lie side by side. */
function optionsOfImages(plugins: readonly unknown[] = []): OptionsOfImages {
  for (const each of plugins) {
    const { plugin, options = {} } = each as { plugin?: string; options?: Readonly<Record<string, unknown>> };
    if (plugin !== '@ingot/oci/plugin') continue;
    const names = ['registry', 'imageTarget', 'pushTarget'] as const;
    return Object.fromEntries(
      names.flatMap((name) => (typeof options[name] === 'string' ? [[name, options[name]]] : [])),
    );
  }
  return {};
}
