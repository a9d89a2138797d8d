import type { SourceFile } from '../repository.ts';
import { importsOf, packageOf } from './imports.ts';

/**
 * The dependencies of a package that none of its sources imports, sorted. Who installs the package would fetch and
 * trust them for nothing. `broughtAlong` are those that are there for who installs it.
 */
export function unusedDependencies(
  dependencies: readonly string[],
  sources: readonly SourceFile[],
  broughtAlong: readonly string[] = [],
): string[] {
  const runs = sources.filter(({ path }) => !/\.(test|bench)\.ts$|\/(test|bench)\//.test(path));
  const used = new Set(
    runs.flatMap(({ path, text }) => importsOf(text, path).map(({ specifier }) => packageOf(specifier))),
  );
  return dependencies.filter((name) => !used.has(name) && !broughtAlong.includes(name)).sort();
}
