import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The name that Nx gives the project in this folder, by its project.json or package.json; undefined where neither
 * names it, and the project file's own `name` counts.
 */
export function projectName(workspaceRoot: string, root: string): string | undefined {
  const project = readJson(join(workspaceRoot, root, 'project.json'));
  const manifest = readJson(join(workspaceRoot, root, 'package.json'));
  const nx = manifest?.['nx'] as { name?: unknown } | undefined;
  return [project?.['name'], nx?.name, manifest?.['name']].find((name) => typeof name === 'string');
}

/**
 * The name of the project in the folder `root`: Nx's own, else the one that its project file says, else the folder's.
 * One that can name no project counts as none, since Nx lets nothing run in a workspace with a nameless project.
 * @param written the project file's `name`, unchecked
 */
export function nameOf(workspaceRoot: string, root: string, written: string | undefined): string {
  const usable = /^[\w@][\w.@/-]*$/.test(written ?? '') ? written : undefined;
  return projectName(workspaceRoot, root) ?? usable ?? basename(join(workspaceRoot, root));
}

function readJson(path: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
