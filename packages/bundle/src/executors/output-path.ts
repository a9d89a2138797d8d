import { ProjectError } from '@ingot/workspace';

/** Throws INGOT_OPTION_VALUE for a path by whose result dependents would not find it. */
export function checkOutputPath(path: string | undefined, name: 'bundle' | 'catalog'): void {
  if (path === undefined || path.split('/').at(-1) === name) return;
  throw new ProjectError('INGOT_OPTION_VALUE', `outputPath: the last name of "${path}" is not ${name}`, {
    help: `dependents look for the result beside it, ${name}.json; choose another folder around it`,
  });
}
