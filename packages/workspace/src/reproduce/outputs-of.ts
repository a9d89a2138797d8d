import { glob } from 'node:fs/promises';
import { posix } from 'node:path';
import { workspacePath } from '../run/option-path.ts';
import type { TargetConfiguration } from '@nx/devkit';

/**
 * What a target says that it writes, relative to the workspace; may be globs. `{options.x}` that is not set, and what
 * leads out of the workspace, is left out.
 */
export function declaredOutputs(target: TargetConfiguration, projectRoot: string, projectName: string): string[] {
  const options = (target.options ?? {}) as Readonly<Record<string, unknown>>;
  return (target.outputs ?? []).flatMap((output) => {
    const filled = output
      .replaceAll(/\{options\.([^}]+)\}/g, (token, name: string) =>
        typeof options[name] === 'string' ? options[name] : token,
      )
      .replaceAll('{projectName}', projectName);
    if (/\{options\./.test(filled)) return [];
    const path = workspacePath(filled, projectRoot).replace(/\/$/, '');
    return path.startsWith('..') || posix.isAbsolute(path) || path.startsWith('!') ? [] : [path];
  });
}

/** Paths and globs as they are in either of two folders: each path once, none below another. */
export async function pathsIn(folders: readonly string[], patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const cwd of folders) for await (const path of glob([...patterns], { cwd })) found.add(path);
  const paths = [...found].sort();
  return paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}
