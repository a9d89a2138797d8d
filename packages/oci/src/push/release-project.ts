import { checkOptions, ProjectError, type Outcome } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import { pushProject, type PushedKind } from './push-project.ts';

/** The options that `nx release publish` gives, and those of the target. */
export interface ReleaseProjectOptions {
  readonly file?: string;
  readonly registry?: string;
  /** One more tag, as npm's dist-tag: `next`. */
  readonly tag?: string;
  readonly dryRun?: boolean;
  readonly resultFile?: string;
  readonly nxReleaseVersionData?: Readonly<Record<string, { readonly newVersion?: string | null } | undefined>>;
  readonly otp?: unknown;
  readonly access?: unknown;
  readonly firstRelease?: boolean;
}

/**
 * Pushes what the project has built, by its digest, under the version of the release. Throws INGOT_RELEASE_NOTHING where
 * there is nothing to push or nowhere to push it: a release that published nothing has failed.
 */
export async function releaseProject(
  options: ReleaseProjectOptions,
  context: ExecutorContext,
  kind: PushedKind,
): Promise<Outcome> {
  checkOptions(options, {
    file: undefined,
    registry: undefined,
    tag: undefined,
    dryRun: ['true', 'false'],
    resultFile: undefined,
    nxReleaseVersionData: undefined,
    otp: undefined,
    access: undefined,
    firstRelease: undefined,
  });
  const { file, registry, resultFile } = options;
  const version = options.nxReleaseVersionData?.[context.projectName!]?.newVersion ?? '{version}';
  const tags = [...new Set([version, ...(options.tag ? [options.tag] : [])])];
  try {
    return await pushProject(
      {
        ...(file === undefined ? {} : { file }),
        ...(registry === undefined ? {} : { registry }),
        ...(resultFile === undefined ? {} : { resultFile }),
        tag: tags,
        ...(options.dryRun === undefined ? {} : { dryRun: options.dryRun }),
      },
      context,
      kind,
    );
  } catch (error) {
    throw nothing(error, context);
  }
}

const nothingToPush = new Set(['INGOT_PUSH_REPOSITORY', 'INGOT_IMAGE_NOT_BUILT', 'INGOT_ARTIFACT_NOT_BUILT']);

function nothing(error: unknown, context: ExecutorContext): unknown {
  const { code, message, place, help } = error as ProjectError;
  if (!nothingToPush.has(code)) return error;
  return new ProjectError('INGOT_RELEASE_NOTHING', `nothing of ${context.projectName} was published: ${message}`, {
    ...(place === undefined ? {} : { place }),
    ...(help === undefined ? {} : { help }),
    cause: error,
  });
}
