import { join } from 'node:path';

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

/** An option's path, which may begin with {projectRoot} or {workspaceRoot} and is relative to the workspace otherwise. Absolute. */
export function optionPath(option: string, context: ExecutorContext): string {
  if (option.startsWith('{projectRoot}')) return join(projectRootOf(context), option.slice('{projectRoot}'.length));
  return join(context.root, option.replace('{workspaceRoot}', ''));
}
