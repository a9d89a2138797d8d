import type { RunOne } from '@ingot/workspace';
import { imageOrArtifact } from '../../push/image-or-artifact.ts';
import type { ReleaseProjectOptions } from '../../push/release-project.ts';

/** Pushes the project's image or artifact under the version of a release. Throws what releaseProject throws. */
export const runReleasePublish: RunOne<ReleaseProjectOptions> = async (options, context) => {
  const { releaseProject } = await import('../../push/release-project.ts');
  return releaseProject(options, context, imageOrArtifact);
};
