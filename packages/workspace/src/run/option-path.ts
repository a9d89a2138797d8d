import { join, posix } from 'node:path';

/**
 * A path with Nx's tokens, relative to the workspace: `{workspaceRoot}` at its start, `{projectRoot}` anywhere. `.` is
 * the workspace itself.
 * @param projectRoot the project's folder, relative to the workspace
 */
export function workspacePath(path: string, projectRoot: string): string {
  return posix.normalize(path.replace(/^\{workspaceRoot\}(?:\/|$)/, '').replaceAll('{projectRoot}', projectRoot));
}

/** The path of an executor's option (see `workspacePath`), absolute; without a token it is relative to the workspace. */
export function optionPath(path: string, workspaceRoot: string, projectRoot: string): string {
  return join(workspaceRoot, workspacePath(path, projectRoot));
}
