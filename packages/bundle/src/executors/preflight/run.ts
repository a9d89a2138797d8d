import type { PreflightProjectOptions } from '@ingot/oci';
import type { RunOne } from '@ingot/workspace';

/** Asks whether this login may push the project's bundle or catalog. Throws what preflightProject throws. */
export const runPreflight: RunOne<PreflightProjectOptions> = async (options, context) => {
  const { preflightProject } = await import('@ingot/oci');
  const { bundleOrCatalog } = await import('../../push/kinds.ts');
  return preflightProject(options, context, bundleOrCatalog);
};
