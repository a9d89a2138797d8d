import { relative, resolve, sep } from 'node:path';

import type { Source } from '@ingot/content';
import { formatSource, parseSource } from '@ingot/content';
import type { Path, Place, ProjectFile } from '@ingot/workspace';

import { imageNameProblems, imageTagProblems } from '../format/name.ts';
import { inParallel } from '../in-parallel.ts';
import type { Checks } from '../project-file/checks.ts';
import type { SolutionFile } from '../project-file/solution-file.ts';
import type { ImageToPlan } from './images.ts';
import { staysInside } from './project-tree.ts';
import type { SolutionRequest } from './solution-request.ts';

/** Finds the images that a Solution names, and their names and tags. What is wrong goes into `check`. */
export async function openImages(
  file: ProjectFile<SolutionFile>,
  request: SolutionRequest,
  check: Checks,
): Promise<ImageToPlan[]> {
  const images: ImageToPlan[] = [];
  const seen = new Map<string, Place>();
  const all = await inParallel(file.value.images, ({ from }, index) =>
    check.attemptAsync(['images', index, 'from'], async () => ({
      source: await sourceInWorkspace(from, request),
      ...(await request.open(from, file.place(['images', index, 'from']))),
    })),
  );
  for (const [index, image] of file.value.images.entries()) {
    const at = (...path: Path) => ['images', index, ...path];
    const opened = all[index];
    if (opened === undefined) continue;
    const name = image.name ?? opened.name;
    const tag = file.text(at('tag')) ?? opened.tag;
    if (name === undefined || tag === undefined) {
      check.problem(at('from'), {
        code: 'INGOT_IMAGE_UNNAMED',
        message: `${image.from} does not say its ${name === undefined ? 'name' : 'tag'}`,
        help: 'Add name and tag beside from.',
      });
      continue;
    }
    const aliases = (image.aliases ?? []).map((_, alias) => file.text(at('aliases', alias)) ?? '');
    check.at(at(image.name === undefined ? 'from' : 'name'), imageNameProblems(name));
    check.at(at(image.tag === undefined ? 'from' : 'tag'), imageTagProblems(tag));
    aliases.forEach((alias, i) => check.at(at('aliases', i), imageTagProblems(alias)));
    for (const [i, each] of [tag, ...aliases].entries()) {
      const place = file.place(i === 0 ? at() : at('aliases', i - 1));
      check.once(`${name}:${each}`, place, seen);
    }
    const { source, root, fetcher } = opened;
    images.push({ name, tag, aliases, source, root, fetcher, place: file.place(at('from')) });
  }
  return images;
}

/** The source as the plan records it: paths relative to the workspace. Throws INGOT_FILES_OUTSIDE, INGOT_FILES_LINK. */
async function sourceInWorkspace(text: string, { projectRoot, workspaceRoot }: SolutionRequest): Promise<string> {
  const source: Source = parseSource(text);
  if (!('path' in source)) return formatSource(source);
  const path = resolve(projectRoot, source.path);
  await staysInside(projectRoot, path);
  return formatSource({ ...source, path: inWorkspace(workspaceRoot, path) });
}

/** A path of this machine as one that is relative to the workspace root, with `/`. */
export function inWorkspace(workspaceRoot: string, path: string): string {
  return relative(workspaceRoot, path).split(sep).join('/');
}
