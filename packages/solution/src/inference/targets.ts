import { lockInputs } from '@ingot/workspace/inference';
import type { TargetConfiguration } from '@nx/devkit';

import type { SolutionFacts } from './facts.ts';

/** What nx.json may say of all Solutions: `{ "plugin": "@ingot/solution/plugin", "options": { … } }`. */
export interface SolutionPluginOptions {
  readonly planTarget?: string;
  readonly packTarget?: string;
  readonly verifyTarget?: string;
  readonly reproduceTarget?: string;
  /** The name of the target that builds images, where @ingot/oci's plugin was told another than `image`. */
  readonly imageTarget?: string;
  /** Taken out of image indexes where solution.yaml names none. */
  readonly platform?: string;
  /** Added to every Solution's manifest. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether Nx keeps a copy of each ISO. Default true. */
  readonly cachePack?: boolean;
  /** Whether ISOs carry media check sums. Default false. */
  readonly mediaCheck?: boolean;
}

export const optionNames: readonly (keyof SolutionPluginOptions)[] = [
  'planTarget',
  'packTarget',
  'verifyTarget',
  'reproduceTarget',
  'imageTarget',
  'platform',
  'labels',
  'cachePack',
  'mediaCheck',
];

export type TargetNames = Readonly<Record<'plan' | 'pack' | 'verify' | 'reproduce', string>>;

/** What the targets of a Solution are made of. */
export interface SolutionTargets {
  /** The project's folder, relative to the workspace; `.` where it is the workspace. */
  readonly root: string;
  readonly facts: SolutionFacts;
  readonly options: SolutionPluginOptions;
  readonly names: TargetNames;
  /** The inputs that stand for the plugin itself. */
  readonly plugin: NonNullable<TargetConfiguration['inputs']>;
  /** What ingot.lock pins of its images. */
  readonly locked: readonly string[];
  /** The version that `version: package.json` stands for; undefined where the file does not say so. */
  readonly packageVersion: string | undefined;
}

/** The targets plan, pack, verify and reproduce of a Solution, under the names that nx.json gives them. */
export function solutionTargets(solution: SolutionTargets): Record<string, TargetConfiguration> {
  const { names } = solution;
  return {
    [names.plan]: planTarget(solution),
    [names.pack]: packTarget(solution),
    [names.verify]: verifyTarget(solution),
    [names.reproduce]: reproduceTarget,
  };
}

function planTarget({ root, facts, options, plugin, locked }: SolutionTargets): TargetConfiguration {
  return {
    executor: '@ingot/solution:plan',
    cache: !facts.volatile,
    ...(facts.projects.length === 0 ? {} : { dependsOn: [imagesOf(facts, options)] }),
    inputs: [
      '{projectRoot}/solution.yaml',
      ...facts.paths.flatMap(filesAt),
      ...(facts.version === 'package.json' ? ['{projectRoot}/package.json'] : []),
      // An image that is built again to the same digest leaves its image.json as it was, and the plan a cache hit.
      { dependentTasksOutputFiles: '**/image.json', transitive: false },
      ...(facts.toLock.length === 0 ? [] : lockInputs),
      { env: 'SOURCE_DATE_EPOCH' },
      ...facts.buildInfo.flatMap((fact) => buildInfoInputs[fact] ?? []),
      ...plugin,
    ],
    outputs: ['{options.outputPath}/plan.json'],
    options: {
      outputPath: outputPath(root),
      ...(options.platform === undefined ? {} : { platform: options.platform }),
      ...(options.labels === undefined ? {} : { labels: options.labels }),
      ...(locked.length === 0 ? {} : { locked: [...locked] }),
    },
    metadata: { description: 'Lays out the Solution ISO: plan.json' },
  };
}

/** Where all three executors write and look, unless told otherwise: written out, so that `outputs` follows an author's own. */
function outputPath(root: string): string {
  return root === '.' ? 'dist' : `${root}/dist`;
}

/** Nx runs these commands to hash a task; they are fixed texts, nothing of the author's gets into them. */
const buildInfoInputs: Readonly<Record<string, NonNullable<TargetConfiguration['inputs']>>> = {
  time: [{ runtime: 'git log -1 --format=%ct' }],
  host: [{ runtime: 'hostname' }],
  revision: [{ runtime: 'git describe --always --long --tags --dirty' }],
};

/** A file, or a folder's files. `?` stands for what a glob would read otherwise: rather an input too many than too few. */
function filesAt(path: string): string[] {
  if (path === '.') return ['{projectRoot}/**/*'];
  const glob = path.replaceAll(/[^\w./ @+-]/gu, '?');
  return [`{projectRoot}/${glob}`, `{projectRoot}/${glob}/**/*`];
}

function packTarget({ root, facts, options, names, plugin, packageVersion }: SolutionTargets): TargetConfiguration {
  const version = packageVersion ?? facts.version;
  const iso = `{options.outputPath}/${plain(facts.name)}-${plain(version)}.iso`;
  return {
    executor: '@ingot/solution:pack',
    cache: options.cachePack ?? true,
    // The images as well: their layers must be there, restored from the cache, when the plan is.
    dependsOn: [names.plan, ...(facts.projects.length === 0 ? [] : [imagesOf(facts, options)])],
    inputs: [{ dependentTasksOutputFiles: '**/plan.json', transitive: false }, ...plugin],
    outputs: [iso, `${iso}.sha256`, '{options.outputPath}/pack.json'],
    options: {
      outputPath: outputPath(root),
      ...(options.mediaCheck === undefined ? {} : { mediaCheck: options.mediaCheck }),
    },
    metadata: { description: 'Writes the Solution ISO' },
  };
}

/** What `plan` would refuse must not make a path that leads elsewhere. */
function plain(part = ''): string {
  return part.replaceAll(/[^\w.-]/g, '_');
}

function verifyTarget({ root, names, plugin }: SolutionTargets): TargetConfiguration {
  return {
    executor: '@ingot/solution:verify',
    cache: true,
    dependsOn: [names.pack],
    inputs: [{ dependentTasksOutputFiles: '**/pack.json', transitive: false }, ...plugin],
    outputs: [],
    options: { outputPath: outputPath(root) },
    metadata: { description: "Applies MetalK8s' rules to the finished ISO" },
  };
}

const reproduceTarget: TargetConfiguration = {
  executor: '@ingot/solution:reproduce',
  cache: false,
  parallelism: false,
  metadata: { description: 'Packs the Solution ISO twice in different surroundings, and compares' },
};

function imagesOf(facts: SolutionFacts, options: SolutionPluginOptions) {
  return { projects: [...facts.projects], target: options.imageTarget ?? 'image' };
}
