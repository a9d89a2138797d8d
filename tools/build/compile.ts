import { join } from 'node:path';
import ts from 'typescript';
import { root } from '../repository.ts';
import type { Package } from './package.ts';

/**
 * Compiles what is reached from a package's entries to ESM and declarations, into `dist/` of its staged folder. Other
 * packages of Ingot are seen as their users see them: by the declarations that `built` already has.
 * Throws an Error with TypeScript's messages.
 */
export function compile(one: Package, built: readonly Package[]): void {
  const entries = one.entries.map((entry) => join(root, entry));
  const program = ts.createProgram(entries, optionsFor(one, built));
  const emitted = program.emit();
  const diagnostics = ts.sortAndDeduplicateDiagnostics([...ts.getPreEmitDiagnostics(program), ...emitted.diagnostics]);
  if (diagnostics.length === 0) return;
  const host = {
    getCanonicalFileName: (name: string) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  };
  throw new Error(`${one.manifest.name} does not compile:\n${ts.formatDiagnostics(diagnostics, host)}`);
}

function optionsFor(one: Package, built: readonly Package[]): ts.CompilerOptions {
  const file = join(root, 'tsconfig.base.json');
  const { config } = ts.readConfigFile(file, (path) => ts.sys.readFile(path)) as { config: unknown };
  return {
    ...ts.parseJsonConfigFileContent(config, ts.sys, root).options,
    customConditions: [],
    paths: Object.fromEntries(built.flatMap(declarationsOf)),
    rootDir: join(root, one.folder, 'src'),
    outDir: join(root, one.staged, 'dist'),
    declaration: true,
    stripInternal: true,
    newLine: ts.NewLineKind.LineFeed,
    noEmitOnError: true,
  };
}

/** `@ingot/oci/plugin` → where the declarations of what it exports have been written. */
function declarationsOf(one: Package): [string, string[]][] {
  return Object.entries(one.manifest.exports ?? {}).flatMap(([path, target]): [string, string[]][] => {
    const types = typeof target === 'object' && target !== null && 'types' in target ? String(target.types) : undefined;
    return types === undefined ? [] : [[one.manifest.name + path.slice(1), [join(root, one.staged, types)]]];
  });
}
