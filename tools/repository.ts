import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The root folder of this repository. */
export const root = join(import.meta.dirname, '..');

/** A text file of the repository: its path from the root, with `/`, and what is in it. */
export type SourceFile = { path: string; text: string };

const notOurs = new Set(['node_modules', 'dist', 'tmp', '.nx', '.git', '.verdaccio', 'coverage']);

/** All files under a folder of the repository, sorted, without what is installed, built or temporary. */
export function filesUnder(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !notOurs.has(entry.name)) found.push(...filesUnder(path));
    if (entry.isFile()) found.push(path);
  }
  return found.map((path) => path.split(sep).join('/')).sort();
}

export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export function sourceFiles(folder: string): SourceFile[] {
  const paths = filesUnder(folder).filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));
  return paths.map((path) => ({ path, text: readText(path) }));
}

/** The names of the folders in `packages/`. */
export function packageNames(): string[] {
  const folders = readdirSync(join(root, 'packages'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.map((entry) => entry.name).sort();
}

export type Manifest = {
  name: string;
  version: string;
  private?: boolean;
  files?: string[];
  bin?: Record<string, string>;
  exports?: Record<string, unknown>;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
};

/** The package.json of a folder (`''` is the root's). */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

/** A path of this machine as one of the repository. */
export function repositoryPath(path: string): string {
  return relative(root, path).split(sep).join('/');
}
