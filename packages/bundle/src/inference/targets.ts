import { basename } from 'node:path';
import { covering, unique, type Input, type Need, type PushFacts } from '@ingot/oci/inference';
import { lockInputs } from '@ingot/workspace/inference';
import type { TargetConfiguration } from '@nx/devkit';
import type { BundleFacts } from './bundle-facts.ts';
import type { CatalogFacts } from './catalog-facts.ts';

/** The plugin's options in nx.json. */
export interface BundlePluginOptions {
  readonly bundleTarget?: string;
  readonly catalogTarget?: string;
  readonly verifyTarget?: string;
  readonly pushTarget?: string;
  readonly preflightTarget?: string;
  readonly deployManifestTarget?: string;
  readonly reproduceTarget?: string;
  /** The name of the target that builds images. Default: what @ingot/oci's plugin was told, else `image`. */
  readonly imageTarget?: string;
  /** A project's own target whose output manifests may be without naming it. Default: build. */
  readonly buildTarget?: string;
  /** What repositories without a registry are below: registry.example/team. Default: that of @ingot/oci's plugin. */
  readonly registry?: string;
}

export const targetKeys = ['bundle', 'catalog', 'verify', 'push', 'preflight', 'deployManifest', 'reproduce'] as const;

export const optionNames: readonly (keyof BundlePluginOptions)[] = [
  ...targetKeys.map((name) => `${name}Target` as const),
  'imageTarget',
  'buildTarget',
  'registry',
];

export type TargetNames = Readonly<Record<(typeof targetKeys)[number], string>>;

export interface TargetsOptions {
  /** The project's folder, relative to the workspace; `.` where it is the workspace. */
  readonly root: string;
  readonly names: TargetNames;
  readonly options: BundlePluginOptions;
  /** The target that pushes images, of @ingot/oci. */
  readonly imagePushTarget: string;
  /** The inputs that stand for the plugin itself. */
  readonly pluginInputs: readonly Input[];
}

type Targets = Record<string, TargetConfiguration>;

const technologies = ['oci', 'kubernetes'];

/**
 * The targets of a bundle.yaml.
 * @param named projects whose images its own files name
 */
export function bundleTargets(
  file: string,
  facts: BundleFacts,
  named: readonly string[],
  context: TargetsOptions,
): Targets {
  const { names, options } = context;
  const images = [...new Set([...named, ...facts.images])];
  const needs: Need[] = [
    ...(facts.own.length === 0 ? [] : [options.buildTarget ?? 'build']),
    ...facts.made.map(({ project, target }) =>
      project === undefined ? target! : { projects: [project], target: target! },
    ),
    ...(images.length === 0 ? [] : [{ projects: images, target: options.imageTarget ?? 'image' }]),
  ];
  return {
    [names.bundle]: made('bundle', context, {
      inputs: [
        ...fileInputs(file, facts),
        ...[...facts.own, ...facts.made.map(({ from }) => from)].flatMap(covering).map((glob) => madeBy(glob)),
        ...(images.length === 0 ? [] : [madeBy('image.json')]),
      ],
      dependsOn: needs,
      description: 'Assembles the bundle of bundle.yaml',
    }),
    ...verified(names.bundle, context),
    ...pushed(file, facts.push, { from: names.bundle, after: images, by: context.imagePushTarget }, context),
  };
}

/** The targets of a catalog.yaml. */
export function catalogTargets(
  file: string,
  facts: CatalogFacts,
  locked: readonly string[],
  context: TargetsOptions,
): Targets {
  const { names } = context;
  return {
    [names.catalog]: made('catalog', context, {
      inputs: [
        ...(facts.toLock.length === 0 ? [] : lockInputs),
        ...fileInputs(file, facts),
        ...(facts.projects.length === 0 ? [] : [madeBy('bundle.json')]),
      ],
      dependsOn: facts.projects.length === 0 ? [] : [{ projects: [...facts.projects], target: names.bundle }],
      description: 'Makes the catalog of catalog.yaml',
      ...(locked.length === 0 ? {} : { locked }),
    }),
    ...verified(names.catalog, context),
    ...pushed(file, facts.push, { from: names.catalog, after: facts.projects, by: names.push }, context),
  };
}

interface Making {
  readonly inputs: readonly Input[];
  readonly dependsOn: readonly Need[];
  readonly description: string;
  readonly locked?: readonly string[];
}

function made(executor: 'bundle' | 'catalog', context: TargetsOptions, making: Making): TargetConfiguration {
  const { root, options, pluginInputs } = context;
  const outputPath = root === '.' ? `dist/${executor}` : `${root}/dist/${executor}`;
  return {
    executor: `@ingot/bundle:${executor}`,
    cache: true,
    options: {
      outputPath,
      ...(options.registry === undefined ? {} : { registry: options.registry }),
      ...(making.locked === undefined ? {} : { locked: making.locked }),
    },
    inputs: unique<Input>([...making.inputs, { env: 'SOURCE_DATE_EPOCH' }, ...pluginInputs]),
    outputs: ['{options.outputPath}', '{options.outputPath}.json'],
    dependsOn: unique([...making.dependsOn]),
    metadata: { description: making.description, technologies },
  };
}

function verified(from: string, { names, pluginInputs }: TargetsOptions): Targets {
  return {
    [names.verify]: {
      executor: '@ingot/bundle:verify',
      cache: true,
      dependsOn: [from],
      inputs: unique<Input>([madeBy(`${from === names.catalog ? 'catalog' : 'bundle'}.json`), ...pluginInputs]),
      outputs: [],
      metadata: { description: "Applies the unpackers' rules to it", technologies },
    },
    [names.reproduce]: {
      executor: '@ingot/bundle:reproduce',
      cache: false,
      parallelism: false,
      metadata: { description: 'Builds it twice in different surroundings, and compares', technologies },
    },
  };
}

/** Nx runs the target of this name for `nx release publish`; no option may rename it. */
const RELEASE_TARGET = 'nx-release-publish';

interface Pushing {
  /** The target that makes what is pushed. */
  readonly from: string;
  /** The projects that it names by digest: what they made is pushed first, so that nothing in a registry names what is not there. */
  readonly after: readonly string[];
  /** By which of their targets. */
  readonly by: string;
}

function pushed(
  file: string,
  facts: PushFacts | undefined,
  { from, after, by }: Pushing,
  { names, options }: TargetsOptions,
): Targets {
  if (facts === undefined) return {};
  const common = {
    file: basename(file),
    ...(options.registry === undefined ? {} : { registry: options.registry }),
  };
  /** What it names goes first, in the same way. */
  const needs = (target: string): Need[] =>
    unique<Need>([
      from,
      ...(after.length === 0 ? [] : [{ projects: [...after], target }]),
      ...facts.attached.map(({ project, target }) =>
        project === undefined ? target : { projects: [project], target },
      ),
    ]);
  const uncached = (executor: string, description: string, dependsOn?: Need[]): TargetConfiguration => ({
    executor: `@ingot/bundle:${executor}`,
    cache: false,
    ...(dependsOn === undefined ? {} : { dependsOn }),
    options: common,
    metadata: { description, technologies },
  });
  return {
    [names.push]: uncached('push', 'Pushes it to its repositories', needs(by)),
    [names.preflight]: uncached('preflight', 'Asks whether this login may push there'),
    [names.deployManifest]: {
      ...uncached('deploy-manifest', 'Writes the manifests that name it by digest', [names.push]),
      options: { file: basename(file) },
    },
    [RELEASE_TARGET]: uncached('release-publish', 'Pushes it under the version of the release', needs(RELEASE_TARGET)),
  };
}

/** The files of the project itself. */
function fileInputs(file: string, facts: Pick<BundleFacts, 'own' | 'packageVersion'>): Input[] {
  return [
    `{projectRoot}/${basename(file)}`,
    ...(facts.packageVersion ? ['{projectRoot}/package.json'] : []),
    ...facts.own.flatMap(covering).map((glob) => `{projectRoot}/${glob}`),
  ];
}

/** What another target makes. Without `**` + `/` in front a glob matches nothing, and hits the cache for ever. */
function madeBy(glob: string): Input {
  return { dependentTasksOutputFiles: glob.startsWith('**/') ? glob : `**/${glob}`, transitive: false };
}
