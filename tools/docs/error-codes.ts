import type { SourceFile } from '../repository.ts';

/** Variables of the environment, which look like codes and are none. */
export const environmentVariables: ReadonlySet<string> = new Set([
  'INGOT_REGISTRY',
  'INGOT_REGISTRY_PASSWORD',
  'INGOT_REGISTRY_USERNAME',
  'INGOT_STORE',
  'INGOT_TESTS',
]);

/** Every error code that sources (not their tests) name, sorted, each once; `INGOT_ISO_*` in a comment and the type `INGOT_${string}` are none. */
export function codesIn(sources: readonly SourceFile[]): string[] {
  const codes = sources
    .filter(({ path }) => !/\.(test|bench)\.ts$/.test(path))
    .flatMap(({ text }) => text.match(/\bINGOT_(?!')[A-Z0-9_]*(?![A-Z0-9_*…]|\$\{string\})/g) ?? [])
    .filter((code) => !environmentVariables.has(code));
  return [...new Set(codes)].sort();
}

/**
 * The codes that a page of errors explains, in its order: rows of a table that begin with the code and have a cause and
 * a remedy (`| \`INGOT_X\` | cause | remedy |`), or headings (`### INGOT_X`).
 */
export function codesExplained(page: string): string[] {
  const row = /^\|\s*`(INGOT_[A-Z0-9_]+)`\s*\|\s*[^|\s][^|]*\|\s*[^|\s].*\|\s*$/;
  const heading = /^#{2,4} `?(INGOT_[A-Z0-9_]+)`?\s*$/;
  return page.split('\n').flatMap((line) => (row.exec(line) ?? heading.exec(line))?.[1] ?? []);
}
