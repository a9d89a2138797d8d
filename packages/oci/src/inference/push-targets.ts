import { basename } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';
import { unique, type OciPluginOptions } from './image-targets.ts';
import type { PushFacts } from './push-facts.ts';

export interface PushTargetsOptions {
  readonly names: { readonly push: string; readonly preflight: string };
  readonly options: OciPluginOptions;
  /** The target of the same project that makes what is pushed. */
  readonly from: string;
}

/** Nx runs the target of this name for `nx release publish`; no option may rename it. */
export const RELEASE_TARGET = 'nx-release-publish';

/** The targets of a project file that names a repository. None is cached: a registry is not a file. */
export function pushTargets(
  file: string,
  facts: PushFacts,
  { names, options, from }: PushTargetsOptions,
): Record<string, TargetConfiguration> {
  const common = {
    file: basename(file),
    ...(options.registry === undefined ? {} : { registry: options.registry }),
  };
  const dependsOn = unique([
    from,
    ...facts.attached.map(({ project, target }) => (project === undefined ? target : { projects: [project], target })),
  ]);
  return {
    [names.push]: {
      executor: '@ingot/oci:push',
      cache: false,
      dependsOn,
      options: common,
      metadata: { description: 'Pushes it to its repositories', technologies: ['oci'] },
    },
    [names.preflight]: {
      executor: '@ingot/oci:preflight',
      cache: false,
      options: common,
      metadata: { description: 'Asks whether this login may push there', technologies: ['oci'] },
    },
    [RELEASE_TARGET]: {
      executor: '@ingot/oci:release-publish',
      cache: false,
      dependsOn,
      options: common,
      metadata: { description: 'Pushes it under the version of the release', technologies: ['oci'] },
    },
  };
}

/** How `nx release` finds the version where npm has none to say: in the project file itself. */
export const releaseOfProjectFile = {
  version: { versionActions: '@ingot/oci/version-actions', currentVersionResolver: 'disk' },
} as const;
