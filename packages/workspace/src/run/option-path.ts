import { posix, resolve } from 'node:path';

/**
 * A path with Nx's tokens, relative to the workspace: `{workspaceRoot}` at its start, `{projectRoot}` anywhere. `.` is
 * the workspace itself.
 * @param projectRoot the project's folder, relative to the workspace
 */
export function workspacePath(path: string, projectRoot: string): string {
  return posix.normalize(path.replace(/^\{workspaceRoot\}(?:\/|$)/, '').replaceAll('{projectRoot}', projectRoot));
}

/** The path of an executor's option (see `workspacePath`), absolute; one that is neither that nor begins with a token is relative to the workspace. */
export function optionPath(path: string, workspaceRoot: string, projectRoot: string): string {
  return resolve(workspaceRoot, workspacePath(path, projectRoot));
}
