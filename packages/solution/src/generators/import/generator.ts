import { existsSync } from 'node:fs';
import { basename, join, posix, resolve } from 'node:path';
import { generator, printable } from '@ingot/workspace';
import { logger } from '@nx/devkit';
import type { GeneratorCallback, Tree } from '@nx/devkit';
import { SolutionError } from '../../error.ts';
import init from '../init/generator.ts';
import { projectPlace, schemaComment } from '../project-place.ts';
import { carry, modeOf } from './carry.ts';
import type { Carried } from './carry.ts';
import { openOrigin } from './origin.ts';
import type { Origin } from './origin.ts';
import { readFiles } from './read-files.ts';
import type { CarriedFile } from './read-files.ts';
import { readImages } from './read-images.ts';
import { readManifest } from './read-manifest.ts';
import { readme } from './readme.ts';
import { Report } from './report.ts';
import { solutionFile, solutionYaml, vendorFolder } from './solution-yaml.ts';
import type { Found } from './solution-yaml.ts';

export interface ImportOptions {
  /** An ISO or a folder, relative to where Nx was called, or to the workspace. */
  readonly source: string;
  /** Of the Nx project. Default: the Solution's. */
  readonly name?: string;
  /** Default: the project's name. */
  readonly directory?: string;
}

/** Nx keeps files of the tree in memory until it writes them: larger ones, in bytes, are streamed past it. */
const largestInTree = 256 * 1024;

/**
 * Turns an existing Solution, as ISO or folder, into a project that packs to the same. Images are checked blob by blob,
 * and what cannot be carried over is reported. Throws SolutionError INGOT_IMPORT_SOURCE, INGOT_IMPORT_EMPTY,
 * INGOT_IMPORT_CHANGED, ProjectError INGOT_GENERATOR_DIRECTORY, and what openIso throws.
 */
async function importSolution(tree: Tree, options: ImportOptions): Promise<GeneratorCallback> {
  const source = findSource(tree, options.source);
  const origin = await openOrigin(source);
  try {
    const report = new Report();
    const found = await look(origin, basename(source), report);
    const { name } = found.manifest;
    const project = options.name ?? name;
    const place = projectPlace(tree, options.directory ?? project, ['solution.yaml', 'vendor', 'files', 'operator']);
    const file = solutionFile(found, report);
    tree.write(
      posix.join(place, 'solution.yaml'),
      schemaComment(place, '@ingot/solution/schema/solution.schema.json') + solutionYaml(file),
    );
    tree.write(posix.join(place, 'README.md'), readme(project, file, basename(source), report.lines.map(printable)));
    if (project !== name)
      tree.write(posix.join(place, 'project.json'), `${JSON.stringify({ name: project }, undefined, 2)}\n`);
    const large = await writeSmall(tree, place, origin, found.files);
    const install = await init(tree, { skipFormat: true });
    return async () => {
      try {
        await carry(origin, join(tree.root, place), [...images(found), ...large]);
      } finally {
        await origin.close();
      }
      await install();
      tell(project, place, report);
    };
  } catch (error) {
    await origin.close();
    throw error;
  }
}

export default generator(importSolution);

async function look(origin: Origin, source: string, report: Report): Promise<Found> {
  const manifest = await readManifest(origin, source.replace(/\.iso$/i, ''), report);
  const found = await readImages(origin, report);
  if (found.length === 0) {
    throw new SolutionError('INGOT_IMPORT_EMPTY', `${source} has no image that could be carried over`, {
      help: ['Images are looked for at images/NAME/TAG/manifest.json.', ...report.lines].join('\n'),
    });
  }
  return { manifest, images: found, files: await readFiles(origin, report), volumeId: origin.volumeId };
}

/** Nx may be called below the workspace root, and by npx, which remembers where. */
function findSource(tree: Tree, source: string): string {
  const places = [process.cwd(), process.env['INIT_CWD'], tree.root].filter((place) => place !== undefined);
  return places.map((place) => resolve(place, source)).find((path) => existsSync(path)) ?? resolve(tree.root, source);
}

function images({ images: all }: Found): Carried[] {
  return all.flatMap((image) =>
    image.files.map(({ name, entry, digest }) => ({ to: `${vendorFolder(image)}/${name}`, entry, digest })),
  );
}

/** Puts small files into the tree, where a dry run shows them; answers with the others, and links, which no tree can hold. */
async function writeSmall(
  tree: Tree,
  place: string,
  origin: Origin,
  files: readonly CarriedFile[],
): Promise<CarriedFile[]> {
  const others: CarriedFile[] = [];
  for (const { to, entry } of files) {
    if (entry.type === 'symlink' || entry.size > largestInTree) {
      others.push({ to, entry });
      continue;
    }
    const parts: Uint8Array[] = [];
    for await (const part of origin.read(entry)) parts.push(Uint8Array.from(part));
    tree.write(posix.join(place, to), Buffer.concat(parts), { mode: modeOf(entry) });
  }
  return others;
}

function tell(project: string, place: string, report: Report): void {
  for (const line of report.lines) logger.warn(printable(line));
  logger.info(`${project} is in ${place}: nx run ${project}:pack`);
}
