import type { PushProjectOptions } from '@ingot/oci';
import type { RunOne } from '@ingot/workspace';

/** Pushes the project's bundle or catalog. Throws what pushProject throws. */
export const runPush: RunOne<PushProjectOptions> = async (options, context) => {
  const { pushProject } = await import('@ingot/oci');
  const { bundleOrCatalog } = await import('../../push/kinds.ts');
  return pushProject(options, context, bundleOrCatalog);
};
