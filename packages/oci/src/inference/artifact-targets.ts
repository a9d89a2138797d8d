import { basename } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import type { ArtifactFacts } from './artifact-facts.ts';
import { covering, unique, type Input, type OciPluginOptions } from './image-targets.ts';

export interface ArtifactTargetsOptions {
  readonly names: { readonly artifact: string };
  readonly options: OciPluginOptions;
  /** The inputs that stand for the plugin itself. */
  readonly pluginInputs: readonly Input[];
}

/** The target of an artifact.yaml in the folder `root`. */
export function artifactTargets(
  file: string,
  root: string,
  facts: ArtifactFacts,
  { names, options, pluginInputs }: ArtifactTargetsOptions,
): Record<string, TargetConfiguration> {
  return {
    [names.artifact]: {
      executor: '@ingot/oci:artifact',
      cache: true,
      options: { outputPath: root === '.' ? 'dist/artifact' : `${root}/dist/artifact` },
      inputs: unique([...fileInputs(basename(file), facts), { env: 'SOURCE_DATE_EPOCH' }, ...pluginInputs]),
      outputs: ['{options.outputPath}', '{options.outputPath}.json'],
      dependsOn: unique([
        ...(facts.own.length === 0 ? [] : [options.buildTarget ?? 'build']),
        ...facts.made.map(({ project, target }) =>
          project === undefined ? target! : { projects: [project], target: target! },
        ),
      ]),
      metadata: { description: 'Makes the OCI artifact of artifact.yaml', technologies: ['oci'] },
    },
  };
}

/** The files of the project itself, and what other targets make. */
function fileInputs(file: string, facts: ArtifactFacts): Input[] {
  const made = [...facts.own, ...facts.made.map(({ from }) => from)].flatMap(covering);
  return [
    `{projectRoot}/${file}`,
    ...(facts.packageVersion ? ['{projectRoot}/package.json'] : []),
    ...facts.own.flatMap(covering).map((glob) => `{projectRoot}/${glob}`),
    // `**` + `/` in front: a glob without it matches nothing, and hits the cache for ever.
    ...made.map((glob) => ({ dependentTasksOutputFiles: `**/${glob}`, transitive: false })),
  ];
}
