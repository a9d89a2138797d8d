import { join, relative } from 'node:path';

import { optionPath as workspaceOptionPath } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';

/** The folder of the project that a task belongs to, absolute. */
export function projectRootOf(context: ExecutorContext): string {
  const project = context.projectsConfigurations.projects[context.projectName ?? ''];
  if (project === undefined) throw new Error(`Nx knows no project "${context.projectName}"`);
  return join(context.root, project.root);
}

/** The name that the task's project gives its target of this executor, which nx.json may have changed; else `usual`. */
export function targetOf(context: ExecutorContext, executor: string, usual: string): string {
  const { targets = {} } = context.projectsConfigurations.projects[context.projectName ?? ''] ?? {};
  return Object.keys(targets).find((name) => targets[name]?.executor === executor) ?? usual;
}

/** An executor's option that is a path, with Nx's tokens; without them it is relative to the workspace. Absolute. */
export function optionPath(option: string, context: ExecutorContext): string {
  return workspaceOptionPath(option, context.root, relative(context.root, projectRootOf(context)) || '.');
}
