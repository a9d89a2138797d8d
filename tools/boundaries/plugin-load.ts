import { posix } from 'node:path';
import type { SourceFile } from '../repository.ts';
import { importsOf } from './imports.ts';

/** The sources that the packages export: `@ingot/workspace/inference` → `packages/workspace/src/inference/index.ts`. */
export type Exported = ReadonlyMap<string, string>;

/**
 * Nx loads a plugin at every command, so what `plugin.ts` loads at import, itself or through files of Ingot, is Node's
 * modules and nothing else. Returns each breach as `path:line  what is wrong`.
 */
export function heavyPluginImports(files: readonly SourceFile[], plugin: string, exported: Exported): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const wrong: string[] = [];
  const visit = (path: string): void => {
    const file = byPath.get(path);
    if (seen.has(path) || file === undefined) return;
    seen.add(path);
    for (const { specifier, kind, line } of importsOf(file.text, path)) {
      if (kind !== 'static' || specifier.startsWith('node:')) continue;
      const next = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : exported.get(specifier);
      if (next !== undefined) visit(next);
      else wrong.push(`${path}:${line}  ${plugin} loads ${specifier} at import; use await import()`);
    }
  };
  visit(plugin);
  return wrong;
}
