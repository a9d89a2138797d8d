import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { promisify } from 'node:util';

import { sourceDateEpoch } from '@ingot/workspace';

import { SolutionError } from '../error.ts';
import { annotation } from '../format/manifest.ts';

const run = promisify(execFile);

/** What of a build's circumstances the author may ask for (`buildInfo` in solution.yaml). */
export type BuildFact = 'time' | 'host' | 'revision';

/** The annotations of the facts that are asked for. Throws INGOT_REVISION where git can't tell. */
export async function buildAnnotations(facts: readonly BuildFact[], folder: string): Promise<Record<string, string>> {
  const annotations: Record<string, string> = {};
  if (facts.includes('time')) {
    const seconds = sourceDateEpoch() ?? Number(await git(folder, 'log', '-1', '--format=%ct'));
    annotations[annotation.buildTimestamp] = new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
  }
  if (facts.includes('host')) annotations[annotation.buildHost] = hostname();
  if (facts.includes('revision')) {
    annotations[annotation.gitRevision] = await git(folder, 'describe', '--always', '--long', '--tags', '--dirty');
  }
  return annotations;
}

async function git(folder: string, ...args: string[]): Promise<string> {
  try {
    return (await run('git', ['-C', folder, ...args])).stdout.trim();
  } catch (cause) {
    throw new SolutionError(
      'INGOT_REVISION',
      `buildInfo asks for what git knows, and git ${args[0]} failed in ${folder}`,
      {
        help: 'Build inside a git repository with a commit, set SOURCE_DATE_EPOCH for the time, or leave time and revision out of buildInfo.',
        cause,
      },
    );
  }
}
