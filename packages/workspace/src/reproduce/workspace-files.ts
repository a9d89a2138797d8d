import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../run/program.ts';

/** What builds leave behind, and what is installed: never part of a workspace's sources. */
const leftOut = new Set(['.git', '.nx', 'dist', 'node_modules', 'tmp']);

/**
 * The files of a workspace that somebody would have who cloned it, and those that are new in it: what git knows, and what
 * it does not ignore. Without git, all but node_modules, dist, tmp and .nx. Relative; links are not followed.
 * @param declared files and folders that builds read: they are among them also where git ignores them
 */
export async function workspaceFiles(
  root: string,
  signal: AbortSignal,
  declared: readonly string[] = [],
): Promise<readonly string[]> {
  const known = await gitFiles(root, ['--cached'], signal);
  const added = await gitFiles(root, ['--others', '--exclude-standard'], signal);
  const files = known && added && [...known.filter(isNoModule), ...added.filter(isSource)];
  // A workspace that a repository around it ignores is not known to git.
  if (files?.includes('nx.json') !== true) return walk(root, '');
  const read = await Promise.all(declared.filter(isSource).map((path) => filesAt(root, path)));
  return [...new Set([...files, ...read.flat()])].sort();
}

async function filesAt(root: string, path: string): Promise<string[]> {
  const found = await lstat(join(root, path)).catch(() => undefined);
  if (found?.isDirectory() === true) return walk(root, path);
  return found?.isFile() === true || found?.isSymbolicLink() === true ? [path] : [];
}

/** Undefined where git does not know the folder. */
async function gitFiles(root: string, which: readonly string[], signal: AbortSignal) {
  const lines: string[] = [];
  const args = ['-c', 'core.quotePath=false', '-c', 'safe.directory=*', 'ls-files', '-z', ...which];
  const ended = await runProgram('git', args, { cwd: root, signal, onLine: (line) => lines.push(line) });
  return ended?.code === 0 ? lines.join('\n').split('\0').filter(Boolean) : undefined;
}

function isNoModule(path: string): boolean {
  return !path.split('/').includes('node_modules');
}

function isSource(path: string): boolean {
  return !path.split('/').some((name) => leftOut.has(name));
}

async function walk(root: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (leftOut.has(entry.name)) continue;
    if (entry.isDirectory()) files.push(...(await walk(root, path)));
    else if (entry.isFile() || entry.isSymbolicLink()) files.push(path);
  }
  return files;
}
