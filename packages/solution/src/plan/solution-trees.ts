import { readFile, stat } from 'node:fs/promises';
import { basename, posix } from 'node:path';

import type { Place, ProjectFile } from '@ingot/workspace';

import { SolutionError } from '../error.ts';
import { fileError } from '../file-error.ts';
import { crdProblems } from '../format/crd.ts';
import { crdsFolder, deployFolder, reservedPlaceProblems, rolePath } from '../format/layout.ts';
import type { Problem } from '../format/problem.ts';
import { show } from '../format/problem.ts';
import { roleProblems } from '../format/role.ts';
import type { Checks } from '../project-file/checks.ts';
import type { SolutionFile } from '../project-file/solution-file.ts';
import type { TreeEntry } from './project-tree.ts';
import { projectTree } from './project-tree.ts';

/** The operator's manifests, as they go to operator/deploy of the archive, each checked as MetalK8s reads it. */
export async function deployTree(
  file: ProjectFile<SolutionFile>,
  projectRoot: string,
  check: Checks,
): Promise<TreeEntry[]> {
  const deploy = file.value.operator?.deploy;
  if (deploy === undefined) return [];
  const path = ['operator', 'deploy'];
  const tree = (await check.attemptAsync(path, () => projectTree(projectRoot, deploy, deployFolder))) ?? [];
  if (tree[0]?.path === deployFolder) {
    check.problem(path, {
      code: 'INGOT_FILES_TYPE',
      message: `${deploy} is no folder`,
      help: 'Name the folder that crds/ and role.yaml are in.',
    });
    return [];
  }
  for (const { path: place, file: source } of tree) {
    if (!isRead(place)) continue;
    const text = await check.attemptAsync(path, () => textOf(source));
    for (const problem of text === undefined ? [] : deployProblems(place, text)) check.inFile(source, problem);
  }
  return tree;
}

/** The author's own files. What is wrong goes into `check`. */
export async function authorsTree(
  file: ProjectFile<SolutionFile>,
  projectRoot: string,
  check: Checks,
): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  const seen = new Map<string, Place>();
  for (const [index, { from, to }] of (file.value.files ?? []).entries()) {
    const place = posix.normalize(to).replace(/\/$/, '');
    const problems = placeProblems(to, place);
    check.at(['files', index, 'to'], problems);
    if (problems.length > 0) continue;
    const tree =
      (await check.attemptAsync(['files', index, 'from'], () => projectTree(projectRoot, from, place))) ?? [];
    const taken = tree.flatMap((entry) => takenPlaceProblems(entry.path)).slice(0, 1);
    check.at(['files', index, 'to'], taken);
    for (const entry of taken.length > 0 ? [] : tree) {
      check.once(entry.path, file.place(['files', index]), seen, 'INGOT_FILES_TWICE');
      entries.push(entry);
    }
  }
  checkParents(entries, seen, check);
  return entries;
}

/** What is wrong with a `to`; `place` is the same, normalized. */
function placeProblems(to: string, place: string): Problem[] {
  if (place.startsWith('/') || place.split('/').includes('..')) {
    return [
      {
        code: 'INGOT_FILES_OUTSIDE',
        message: `${to} is not a path inside the archive`,
        help: 'Write a relative path without .. in it.',
      },
    ];
  }
  if (/[\u0000-\u001f\u007f]/.test(place) || place.split('/').some((name) => Buffer.byteLength(name) > longestName)) {
    return [
      {
        code: 'INGOT_FILES_NAME',
        message: `${show(to)} cannot be a path in the archive`,
        help: `Use names of at most ${longestName} bytes, without control characters.`,
      },
    ];
  }
  return place === '.' ? [] : reservedPlaceProblems(place);
}

/** In bytes; what file systems allow. */
const longestName = 255;

/** A path that is, or lies in, a place of Ingot's own, or stands where a folder of it has to be. */
function takenPlaceProblems(path: string): Problem[] {
  const parent = deployFolder.startsWith(`${path.toLowerCase()}/`);
  return reservedPlaceProblems(parent ? deployFolder : path);
}

/** A file or link cannot have another below it. */
function checkParents(entries: readonly TreeEntry[], seen: ReadonlyMap<string, Place>, check: Checks): void {
  const parents = new Set(entries.flatMap(({ path }) => parentsOf(path)));
  for (const { path } of entries) {
    const place = parents.has(path) ? seen.get(path) : undefined;
    if (place !== undefined)
      check.twice(`${path} is a file here, and a folder in another entry`, place, 'INGOT_FILES_TWICE');
  }
}

function parentsOf(path: string): string[] {
  return path.split('/').flatMap((_, index, names) => (index === 0 ? [] : [names.slice(0, index).join('/')]));
}

/** In bytes; what a CRD or role may have in verify as well. */
const largestText = 4 * 1024 * 1024;

/** Undefined for what a link leads to that is no file. Throws SolutionError INGOT_FILE_TOO_LARGE, _FILES_MISSING, _FILE. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    const stats = await stat(file);
    if (!stats.isFile()) return undefined;
    if (stats.size <= largestText) return await readFile(file, 'utf8');
    throw new SolutionError(
      'INGOT_FILE_TOO_LARGE',
      `${basename(file)} has ${stats.size} bytes, more than ${largestText}`,
      {
        path: file,
        help: 'Nothing of that size can be applied: is it another file?',
      },
    );
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Which files MetalK8s reads itself, so that what is in them matters. */
function isRead(path: string): boolean {
  return path === rolePath || path.startsWith(`${crdsFolder}/`);
}

/** What is wrong with a file below operator/deploy that MetalK8s reads. */
function deployProblems(path: string, text: string): Problem[] {
  return path === rolePath ? roleProblems(text) : crdProblems(path, text);
}
