import type { RunOne } from '@ingot/workspace';
import { imageOrArtifact } from '../../push/image-or-artifact.ts';
import type { PushProjectOptions } from '../../push/push-project.ts';

/** Pushes what the project's `image` or `artifact` target has made. Throws what pushProject throws. */
export const runPush: RunOne<PushProjectOptions> = async (options, context) => {
  const { pushProject } = await import('../../push/push-project.ts');
  return pushProject(options, context, imageOrArtifact);
};
