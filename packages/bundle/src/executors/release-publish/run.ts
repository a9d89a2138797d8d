import type { ReleaseProjectOptions } from '@ingot/oci';
import type { RunOne } from '@ingot/workspace';

/** Pushes the project's bundle or catalog under the version of a release. Throws what releaseProject throws. */
export const runReleasePublish: RunOne<ReleaseProjectOptions> = async (options, context) => {
  const { releaseProject } = await import('@ingot/oci');
  const { bundleOrCatalog } = await import('../../push/kinds.ts');
  return releaseProject(options, context, bundleOrCatalog);
};
