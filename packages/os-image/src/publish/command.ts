import { ProjectError, runProgram } from '@ingot/workspace';
import type { OsImageDescription } from '../description/description.ts';
import type { Published, PublishOptions, ToPublish } from './publish.ts';

/** Lines of the command that an error repeats. */
const TAIL = 20;

/** Runs the command for each file, in their order, without a shell, in the project's folder; stops where one fails. */
export async function publishByCommand(
  files: readonly ToPublish[],
  run: readonly string[],
  { folder, place }: Pick<OsImageDescription, 'folder' | 'place'>,
  { signal, onLine }: PublishOptions,
): Promise<readonly Published[]> {
  const [program, ...args] = run;
  const at = place(['publish', 'command']);
  if (program === undefined || !run.some((each) => each.includes('{file}'))) {
    throw new ProjectError('INGOT_OS_IMAGE_PUBLISH', 'the command does not say {file}', {
      place: at,
      help: 'it is run for each file: {file} is its path here, {path} the one below the images’ root',
    });
  }
  const published: Published[] = [];
  for (const { file, path } of files) {
    const filled = args.map((each) => each.replaceAll('{file}', file).replaceAll('{path}', path));
    const said: string[] = [];
    const hear = (line: string): void => {
      said.push(line);
      if (said.length > TAIL) said.shift();
      onLine?.(line);
    };
    const ended = await runProgram(program, filled, { cwd: folder, signal, onLine: hear });
    if (ended === undefined) {
      throw new ProjectError('INGOT_TOOL_MISSING', `the program ${program} is not on the PATH`, { place: at });
    }
    if (ended.code !== 0) {
      const how = ended.code === undefined ? 'was killed' : `ended with ${ended.code}`;
      throw new ProjectError('INGOT_OS_IMAGE_PUBLISH', `${program} ${how} at ${path}`, {
        place: at,
        help: [...said, soFar(published)].join('\n'),
      });
    }
    published.push({ path, how: 'handed' });
  }
  return published;
}

function soFar(published: readonly Published[]): string {
  if (published.length === 0) return 'nothing was published';
  return `published before it failed: ${published.map(({ path }) => path).join(', ')}`;
}
