import type { RunOne } from '@ingot/workspace';
import { imageOrArtifact } from '../../push/image-or-artifact.ts';
import type { PreflightProjectOptions } from '../../push/preflight-project.ts';

/** Asks whether this login may push the project's image or artifact. Throws what preflightProject throws. */
export const runPreflight: RunOne<PreflightProjectOptions> = async (options, context) => {
  const { preflightProject } = await import('../../push/preflight-project.ts');
  return preflightProject(options, context, imageOrArtifact);
};
