import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TargetConfiguration } from '@nx/devkit';

/**
 * The target that builds a project's image and artifact twice. A folder has one: none where one of `others` lies there,
 * whose target it is then.
 */
export function reproduceTarget(
  name: string,
  workspaceRoot: string,
  root: string,
  others: readonly string[],
): Record<string, TargetConfiguration> {
  if (others.some((other) => existsSync(join(workspaceRoot, root, other)))) return {};
  return {
    [name]: {
      executor: '@ingot/oci:reproduce',
      cache: false,
      parallelism: false,
      metadata: { description: 'Builds it twice in different surroundings, and compares', technologies: ['oci'] },
    },
  };
}
