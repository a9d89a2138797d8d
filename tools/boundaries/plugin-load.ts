import { posix } from 'node:path';
import type { SourceFile } from '../repository.ts';
import { importsOf } from './imports.ts';

/**
 * Nx loads a plugin at every command, so what `plugin.ts` loads at import, itself or through files of its own package,
 * is Node's modules and nothing else. Returns each breach as `path:line  what is wrong`.
 */
export function heavyPluginImports(files: readonly SourceFile[], plugin: string): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const wrong: string[] = [];
  const visit = (path: string): void => {
    const file = byPath.get(path);
    if (seen.has(path) || file === undefined) return;
    seen.add(path);
    for (const found of importsOf(file.text, path)) {
      if (found.kind !== 'static' || found.specifier.startsWith('node:')) continue;
      if (found.specifier.startsWith('.')) visit(posix.join(posix.dirname(path), found.specifier));
      else wrong.push(`${path}:${found.line}  ${plugin} loads ${found.specifier} at import; use await import()`);
    }
  };
  visit(plugin);
  return wrong;
}
