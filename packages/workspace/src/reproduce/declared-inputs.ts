import { workspacePath } from '../run/option-path.ts';
import type { ProjectGraph, TargetConfiguration } from '@nx/devkit';

/**
 * Files and folders that a project and those that it is built of name as inputs of their targets, relative to the
 * workspace; they may not be there. Globs are left out: they mean what is there, and not that something has to be.
 */
export function declaredInputs({ nodes, dependencies }: ProjectGraph, project: string): string[] {
  const paths = new Set<string>();
  const waiting = [project];
  const seen = new Set(waiting);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const { root = '.', targets = {} } = nodes[name]?.data ?? {};
    const named = Object.values(targets).flatMap(projectsOf);
    for (const path of Object.values(targets).flatMap(inputsOf)) paths.add(workspacePath(path, root));
    for (const next of [...named, ...(dependencies[name] ?? []).map(({ target }) => target)]) {
      if (nodes[next] === undefined || seen.has(next)) continue;
      seen.add(next);
      waiting.push(next);
    }
  }
  return [...paths].filter((path) => path !== '.' && !path.startsWith('..')).sort();
}

function inputsOf({ inputs = [] }: TargetConfiguration): string[] {
  return inputs.flatMap((input) => {
    const path = typeof input === 'string' ? input : 'fileset' in input ? input.fileset : '';
    return /^\{(projectRoot|workspaceRoot)\}\/[^*?[\](){}!+@\\]+$/.test(path) ? [path] : [];
  });
}

/** The projects that a target depends on by name. */
function projectsOf({ dependsOn = [] }: TargetConfiguration): string[] {
  return dependsOn.flatMap((need) =>
    typeof need === 'string' ? (/^([^:]+):/.exec(need)?.[1] ?? []) : (need.projects ?? []),
  );
}
