import { basename } from 'node:path';
import { lockInputs } from '@ingot/workspace/inference';
import type { TargetConfiguration } from '@nx/devkit';
import type { ImageFacts } from './image-facts.ts';

/** The plugin's options in nx.json. */
export interface OciPluginOptions {
  /** The name of the target that assembles the image. Default: image. */
  readonly imageTarget?: string;
  /** The name of the target that writes it for other tools. Default: export. */
  readonly exportTarget?: string;
  /** The name of the target that makes the artifact of an artifact.yaml. Default: artifact. */
  readonly artifactTarget?: string;
  /** The name of the target that pushes. Default: push. */
  readonly pushTarget?: string;
  /** The name of the target that asks whether a push would be let in. Default: preflight. */
  readonly preflightTarget?: string;
  /** The name of the target that builds twice and compares. Default: reproduce. */
  readonly reproduceTarget?: string;
  /** A project's own target whose output layers and artifacts may have without naming it. Default: build. */
  readonly buildTarget?: string;
  /** What to build for where an image.yaml does not say it. Default: linux/amd64. */
  readonly platforms?: readonly string[];
  /** Labels of all images. */
  readonly labels?: Readonly<Record<string, string>>;
  /** What repositories without a registry are below: registry.example/team. */
  readonly registry?: string;
  /** How to reach registries, by host[:port]: mirrors, CA files, plain HTTP. Read by the executors. */
  readonly registries?: Readonly<Record<string, object>>;
}

export const optionNames: readonly (keyof OciPluginOptions)[] = [
  'imageTarget',
  'exportTarget',
  'artifactTarget',
  'pushTarget',
  'preflightTarget',
  'reproduceTarget',
  'buildTarget',
  'platforms',
  'labels',
  'registry',
  'registries',
];

export type Input = NonNullable<TargetConfiguration['inputs']>[number];
export type Need = NonNullable<TargetConfiguration['dependsOn']>[number];

export interface ImageTargetsOptions {
  readonly names: { readonly image: string; readonly export: string };
  readonly options: OciPluginOptions;
  /** The inputs that stand for the plugin itself. */
  readonly pluginInputs: readonly Input[];
  /** What ingot.lock pins of what it is built on. */
  readonly locked: readonly string[];
  /** The base project is left out where images are built on each other in a circle. */
  readonly circular: boolean;
  /** What a Dockerfile lets in (`dockerfileInputs`); none for an image that is assembled. */
  readonly contextInputs?: readonly string[];
}

/** The targets of an image.yaml in the folder `root`. */
export function imageTargets(
  file: string,
  root: string,
  facts: ImageFacts,
  { names, options, pluginInputs, locked, circular, contextInputs = [] }: ImageTargetsOptions,
): Record<string, TargetConfiguration> {
  const buildTarget = options.buildTarget ?? 'build';
  const base = circular ? undefined : facts.base;
  const needs: Need[] = [
    ...(base === undefined ? [] : [{ projects: [base], target: names.image }]),
    ...(facts.own.length === 0 && !facts.dockerfile ? [] : [buildTarget]),
    ...facts.made.map(({ project, target }) =>
      project === undefined ? target! : { projects: [project], target: target! },
    ),
  ];
  return {
    [names.image]: {
      executor: '@ingot/oci:image',
      cache: !facts.volatile,
      options: {
        outputPath: root === '.' ? 'dist/image' : `${root}/dist/image`,
        ...(options.platforms ? { platforms: options.platforms } : {}),
        ...(options.labels ? { labels: options.labels } : {}),
        ...(locked.length === 0 ? {} : { locked }),
      },
      inputs: unique([
        ...(facts.toLock === undefined ? [] : lockInputs),
        ...fileInputs(basename(file), facts),
        ...contextInputs,
        ...madeInputs(facts, base),
        { env: 'SOURCE_DATE_EPOCH' },
        ...pluginInputs,
      ]),
      outputs: ['{options.outputPath}', '{options.outputPath}.json'],
      dependsOn: unique(needs),
      metadata: { description: descriptionOf(facts), technologies: ['oci'] },
    },
    [names.export]: {
      executor: '@ingot/oci:export',
      dependsOn: [names.image],
      metadata: {
        description: 'Writes the image as an OCI layout, OCI archive or docker-archive',
        technologies: ['oci'],
      },
    },
  };
}

function descriptionOf({ dockerfile }: ImageFacts): string {
  if (dockerfile) return `Builds the container image of ${dockerfile.file}`;
  return 'Assembles the container image of image.yaml';
}

/** The files of the project itself. Globs are widened where Nx's could mean something else than ours. */
function fileInputs(file: string, facts: ImageFacts): Input[] {
  return [
    `{projectRoot}/${file}`,
    ...(facts.packageVersion ? ['{projectRoot}/package.json'] : []),
    ...[...facts.own, ...facts.basePaths].flatMap(covering).map((glob) => `{projectRoot}/${glob}`),
  ];
}

/** What other targets make. `**` + `/` in front: a glob without it matches nothing, and hits the cache for ever. */
function madeInputs(facts: ImageFacts, base: string | undefined): Input[] {
  const paths = [...facts.own, ...facts.made.map(({ from }) => from), ...(facts.dockerfile ? ['.'] : [])];
  const globs = paths.flatMap(covering).map((glob) => (glob === '**/*' ? glob : `**/${glob}`));
  return [...(base === undefined ? [] : ['**/image.json']), ...globs].map((glob) => ({
    dependentTasksOutputFiles: glob,
    transitive: false,
  }));
}

/** Globs for a path that may be a file, a folder or a glob itself. */
export function covering(path: string): string[] {
  if (path === '.') return ['**/*'];
  if (/[[\](){}!@+\\?]/.test(path)) {
    const segments = path.split('/');
    const fixed = segments.slice(
      0,
      segments.findIndex((segment) => /[[\](){}!@+\\?*]/.test(segment)),
    );
    return [[...fixed, '**/*'].join('/')];
  }
  return [path, `${path}/**/*`];
}

export function unique<T>(values: readonly T[]): T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
