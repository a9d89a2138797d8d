import { parsePlatform } from '@ingot/content';
import { sourceDateEpoch } from '@ingot/workspace';

import { annotation } from '../format/manifest.ts';
import { solutionNameProblems } from '../format/name.ts';
import { solutionVersionProblems } from '../format/version.ts';
import { volumeId, volumeIdProblems } from '../format/volume-id.ts';
import { Checks } from '../project-file/checks.ts';
import { readSolutionFile, versionOf } from '../project-file/read.ts';
import { buildAnnotations } from './build-info.ts';
import { inWorkspace, openImages } from './open-images.ts';
import type { SolutionToPlan } from './plan-solution.ts';
import type { SolutionRequest } from './solution-request.ts';
import { authorsTree, deployTree } from './solution-trees.ts';

const defaultPlatform = 'linux/amd64';

/**
 * Reads solution.yaml and everything that it names: checks the values, opens the images, finds the files.
 * Throws a ProjectError with its place in the file, or an AggregateError of several.
 */
export async function readSolution(request: SolutionRequest): Promise<SolutionToPlan> {
  const file = await readSolutionFile(request.projectRoot, request.file);
  const value = { ...file.value, version: await versionOf(file, request.projectRoot) };
  const check = new Checks(file);
  const nameProblems = solutionNameProblems(value.name);
  const versionProblems = solutionVersionProblems(value.version, nameProblems.length > 0 ? undefined : value.name);
  check.at(['name'], nameProblems);
  check.at(['version'], versionProblems);
  const id = value.volumeId ?? volumeId(value.name, value.version);
  if (value.volumeId !== undefined) check.at(['volumeId'], volumeIdProblems(id));
  else if (nameProblems.length + versionProblems.length === 0) check.at(['name'], volumeIdProblems(id));
  const platform = check.attempt(['platform'], () =>
    parsePlatform(value.platform ?? request.platform ?? defaultPlatform),
  );
  check.finish();

  const images = await openImages(file, request, check);
  const operator = check.image(['operator', 'image'], value.operator?.image, images);
  const ui = check.image(['ui', 'image'], value.ui?.image, images);
  const tree = [
    ...(await deployTree(file, request.projectRoot, check)),
    ...(await authorsTree(file, request.projectRoot, check)),
  ];
  check.finish();
  const annotations = {
    ...value.annotations,
    ...(value.developmentRelease ? { [annotation.developmentRelease]: '1' } : {}),
    ...(await check.attemptAsync(['buildInfo'], () => buildAnnotations(value.buildInfo ?? [], request.projectRoot))),
  };
  const time = check.attempt(['ingot'], () => sourceDateEpoch() ?? 0);
  check.finish();
  return {
    name: value.name,
    version: value.version,
    ...(value.displayName === undefined ? {} : { displayName: value.displayName }),
    images,
    ...(operator === undefined ? {} : { operator }),
    ...(ui === undefined ? {} : { ui }),
    platform: platform ?? parsePlatform(defaultPlatform),
    labels: { ...request.labels, ...value.labels },
    annotations,
    customApiGroups: value.customApiGroups ?? [],
    volumeId: id,
    time: time ?? 0,
    place: file.place(['files']),
    tree,
    inWorkspace: (path) => inWorkspace(request.workspaceRoot, path),
  };
}
