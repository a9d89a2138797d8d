import { readFile, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import dockerignore from '@balena/dockerignore';
import { ProjectError, type Place } from '@ingot/workspace';
import { ignoreFiles } from '../inference/dockerfile-inputs.ts';
import type { DockerfileDescription } from './description.ts';

/** The files of a build, by absolute paths. */
export interface BuildContext {
  readonly file: string;
  readonly context: string;
  readonly dockerfile: string;
  /** The text of a .dockerignore. */
  readonly ignore: string;
  /** Whether a path relative to the context is part of it. */
  readonly letIn: (path: string) => boolean;
}

/**
 * Finds Dockerfile and context in the project's folder.
 * @param written what Ingot writes there itself, as absolute patterns: it is not part of the context
 * Throws ProjectError INGOT_IMAGE_PATH where one leaves the project, INGOT_DOCKERFILE_MISSING.
 */
export async function openContext(
  description: DockerfileDescription,
  project: string,
  written: readonly string[],
): Promise<BuildContext> {
  const context = await within(project, description.context, 'folder', description.contextPlace);
  const file = await within(project, description.file, 'file', description.filePlace);
  const own = written
    .map((path) => relative(context, path).split(sep).join('/'))
    .filter((path) => !path.startsWith('../'));
  const text = [await ignoreText(description, project), ...own].join('\n');
  const rules = dockerignore.default({ ignorecase: false }).add(text);
  return {
    file,
    context,
    dockerfile: await readFile(file, 'utf8'),
    ignore: `${text}\n`,
    letIn: (path) => !rules.ignores(path.split(sep).join('/')),
  };
}

/** The first of the two files that is there, as in BuildKit. */
async function ignoreText(description: DockerfileDescription, project: string): Promise<string> {
  for (const path of ignoreFiles(description)) {
    const text = await readFile(join(project, path), 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
  }
  return '';
}

/** Neither a path nor a link in it may leave the project: Nx would not see what is there change. */
async function within(project: string, path: string, kind: 'file' | 'folder', place: Place): Promise<string> {
  const outside = (way: string) => isAbsolute(way) || way.split(/[/\\]/).includes('..');
  const there = outside(path) ? undefined : await realpath(resolve(project, path)).catch(() => undefined);
  if (outside(path) || (there !== undefined && outside(relative(await realpath(project), there)))) {
    throw new ProjectError('INGOT_IMAGE_PATH', `${JSON.stringify(path)} leaves the project`, {
      place,
      help: 'put it into the project; what another project makes, a target of this one can copy',
    });
  }
  const found = there === undefined ? undefined : await stat(there);
  if (there !== undefined && (kind === 'file' ? found!.isFile() : found!.isDirectory())) return there;
  const what = kind === 'file' ? 'Dockerfile' : 'folder for the context';
  throw new ProjectError('INGOT_DOCKERFILE_MISSING', `there is no ${what} ${JSON.stringify(path)}`, {
    place,
    help: 'paths are relative to the folder of the project',
  });
}
