import { readFile } from 'node:fs/promises';
import { posix } from 'node:path';

import type { Place, ProjectFile } from '@ingot/workspace';

import { crdProblems } from '../format/crd.ts';
import { crdsFolder, deployFolder, reservedPlaceProblems, rolePath } from '../format/layout.ts';
import type { Problem } from '../format/problem.ts';
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
  for (const entry of tree) {
    if (entry.type !== 'file') continue;
    for (const problem of deployProblems(entry.path, await readFile(entry.file, 'utf8')))
      check.inFile(entry.file, problem);
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
    if (place.startsWith('/') || place.split('/').includes('..')) {
      check.problem(['files', index, 'to'], {
        code: 'INGOT_FILES_OUTSIDE',
        message: `${to} is not a path inside the archive`,
        help: 'Write a relative path without .. in it.',
      });
      continue;
    }
    check.at(['files', index, 'to'], place === '.' ? [] : reservedPlaceProblems(place));
    const tree =
      (await check.attemptAsync(['files', index, 'from'], () => projectTree(projectRoot, from, place))) ?? [];
    for (const entry of tree) {
      if (place === '.') check.at(['files', index, 'to'], reservedPlaceProblems(entry.path));
      check.once(entry.path, file.place(['files', index]), seen, 'INGOT_FILES_TWICE');
      entries.push(entry);
    }
  }
  return entries;
}

/** What is wrong with a file below operator/deploy: of the archive, or of the project. */
function deployProblems(path: string, text: string): Problem[] {
  if (path === rolePath) return roleProblems(text);
  return path.startsWith(`${crdsFolder}/`) ? crdProblems(path, text) : [];
}
