import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { ProjectFile } from '@ingot/workspace';
import { parseProjectFile, ProjectError } from '@ingot/workspace';

import schema from '../../schema/solution.schema.json' with { type: 'json' };
import { SolutionError } from '../error.ts';
import { fileError, isMissing } from '../file-error.ts';
import type { SolutionFile } from './solution-file.ts';

const kind = 'solution/v1';

/**
 * Reads a project's solution.yaml and checks it against its schema. Throws SolutionError INGOT_SOLUTION_FILE where there
 * is none, INGOT_FILE where it cannot be read, and what `parseProjectFile` throws.
 */
export async function readSolutionFile(projectRoot: string, file: string): Promise<ProjectFile<SolutionFile>> {
  const path = join(projectRoot, file);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    if (!isMissing(cause)) throw fileError(cause, path);
    throw new SolutionError('INGOT_SOLUTION_FILE', `there is no ${file} in this project`, { path, cause });
  });
  const read = parseProjectFile<SolutionFile>({ text, file: path, kind: kind, schema });
  if (read !== undefined) return read;
  throw new SolutionError(
    'INGOT_SOLUTION_FILE',
    `this is not a Solution's file: its first key is not "ingot: ${kind}"`,
    {
      path,
      help: `Begin the file with "ingot: ${kind}".`,
    },
  );
}

/** The version: as it was written, since YAML makes a number of 1.10; or that of package.json. Throws INGOT_PACKAGE_VERSION. */
export async function versionOf(file: ProjectFile<SolutionFile>, projectRoot: string): Promise<string> {
  const written = file.text(['version']) ?? '';
  if (written !== 'package.json') return written;
  const place = file.place(['version']);
  try {
    const { version } = JSON.parse(await readFile(join(projectRoot, 'package.json'), 'utf8')) as { version?: unknown };
    if (typeof version === 'string') return version;
  } catch (cause) {
    throw new ProjectError('INGOT_PACKAGE_VERSION', 'the version should come from package.json, which cannot be read', {
      place,
      help: 'Put a package.json with a version beside solution.yaml, or write the version here.',
      cause,
    });
  }
  throw new ProjectError('INGOT_PACKAGE_VERSION', 'package.json has no version', { place });
}
