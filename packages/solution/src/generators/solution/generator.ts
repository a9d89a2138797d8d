import { posix } from 'node:path';
import { generator, ProjectError } from '@ingot/workspace';
import { formatFiles } from '@nx/devkit';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { solutionNameProblems } from '../../format/name.ts';
import { solutionVersionProblems } from '../../format/version.ts';
import { volumeId, volumeIdProblems } from '../../format/volume-id.ts';
import init from '../init/generator.ts';
import { projectPlace, schemaComment } from '../project-place.ts';
import { operatorImageYaml, operatorReadme, placeholder, readme, role, sampleCrd, solutionYaml } from './files.ts';

export interface SolutionGeneratorOptions {
  readonly name: string;
  /** Default: the name. */
  readonly directory?: string;
  readonly skipFormat?: boolean;
}

const version = '0.1.0';

/**
 * Scaffolds a Solution and, beside it, an image for its operator. Throws ProjectError INGOT_SOLUTION_NAME,
 * INGOT_SOLUTION_VERSION (name and version together are too long), INGOT_GENERATOR_DIRECTORY.
 */
async function solution(tree: Tree, options: SolutionGeneratorOptions): Promise<GeneratorCallback> {
  const { name } = options;
  checkName(name);
  const place = projectPlace(tree, options.directory ?? name, ['solution.yaml']);
  const operator = projectPlace(tree, operatorFolder(place, name), ['image.yaml']);
  const write = (folder: string, path: string, text: string): void => tree.write(posix.join(folder, path), text);

  const schema = schemaComment(place, '@ingot/solution/schema/solution.schema.json');
  write(place, 'solution.yaml', schema + solutionYaml(name, shortVolumeId(name)));
  write(place, 'operator/deploy/crds/sample_crd.yaml', sampleCrd(name));
  write(place, 'operator/deploy/role.yaml', role(name));
  write(place, 'README.md', readme(name));
  write(
    operator,
    'image.yaml',
    schemaComment(operator, '@ingot/oci/schema/image.schema.json') + operatorImageYaml(name),
  );
  write(operator, 'placeholder.txt', placeholder(name));
  write(operator, 'README.md', operatorReadme(name));
  const install = await init(tree, { skipFormat: true });
  if (!options.skipFormat) await formatFiles(tree);
  return install;
}

export default generator(solution);

function checkName(name: string): void {
  const [problem] = [...solutionNameProblems(name), ...solutionVersionProblems(version, name)];
  if (problem !== undefined) throw new ProjectError(problem.code, problem.message, { help: problem.help });
}

/** Beside the Solution: a project within another one's folder is easily overlooked. */
function operatorFolder(place: string, name: string): string {
  return place === '.' ? `${name}-operator` : posix.join(posix.dirname(place), `${name}-operator`);
}

/** What fits, where name and version do not. */
function shortVolumeId(name: string): string | undefined {
  const usual = volumeId(name, version);
  if (volumeIdProblems(usual).length === 0) return undefined;
  return volumeId(name.slice(0, 32 - 1 - version.length).replace(/-+$/, ''), version);
}
