import { mkdir, realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative, resolve } from 'node:path';
import { ProjectError, runProgram, withPlace, type BuildLog, type Path } from '@ingot/workspace';
import type { Architecture, CommandDescription } from '../description/description.ts';
import type { BuilderOptions, RootfsBuilder } from './builder.ts';
import { addSteadily } from './builder-log.ts';
import type { BootContent } from './extract/kernel.ts';
import { openPath } from './open-path.ts';

/** It may have mounts and machines to clean up. In milliseconds. */
const grace = 60_000;

/**
 * Runs a program of the author's in the project's folder, without a shell, and takes what it leaves. Throws ProjectError
 * INGOT_ROOTFS_BUILD, INGOT_ROOTFS_MISSING, INGOT_IMAGE_PATH.
 */
export function commandBuilder(command: CommandDescription, options: BuilderOptions): RootfsBuilder {
  const { description, temporary } = options;
  const { place } = description;
  return {
    secrets: [],
    async build(architecture, log) {
      const work: Work = {
        architecture,
        folder: description.folder,
        output: join(temporary, `output-${architecture}`),
      };
      await mkdir(work.output);
      await run(command, work, log, options);
      const boot = async (key: 'kernel' | 'initrd'): Promise<{ readonly [name: string]: BootContent }> =>
        command[key] === undefined
          ? {}
          : { [key]: await withPlace(place(['command', key]), () => bootFile(command[key]!, work)) };
      const at: Path = ['command', 'rootfs'];
      return withPlace(place(at), async () => {
        const path = await madeBy(command.rootfs, work);
        return {
          tree: await openPath(path, temporary, options),
          ...(await boot('kernel')),
          ...(await boot('initrd')),
        };
      });
    },
  };
}

/** What the words of the description stand for. */
interface Work {
  readonly architecture: Architecture;
  /** The project's. */
  readonly folder: string;
  /** An empty folder for what the program makes, which goes away afterwards. */
  readonly output: string;
}

async function run(
  command: CommandDescription,
  work: Work,
  log: BuildLog,
  { description, time, signal }: BuilderOptions,
): Promise<void> {
  const { folder, place } = description;
  const [program = '', ...args] = command.run.map((word) => filledIn(word, work).replaceAll('{output}', work.output));
  // A program of the project's is named from its folder, as in a shell.
  const path = program.startsWith('./') || program.startsWith('../') ? resolve(folder, program) : program;
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(time) };
  const ended = await runProgram(path, args, {
    cwd: folder,
    env,
    signal,
    grace,
    // What it makes is to be the same for everybody.
    umask: 0o022,
    onLine: (line) => addSteadily(log, line),
  });
  if (ended?.code === 0) return;
  const how =
    ended === undefined ? 'is not there' : ended.code === undefined ? 'was killed' : `ended with ${ended.code}`;
  throw new ProjectError('INGOT_ROOTFS_BUILD', `${program} ${how}`, {
    place: place(['command', 'run']),
    help: ['the end of what it said:', ...log.tail().map((line) => `  ${line}`)].join('\n'),
  });
}

async function bootFile(written: string, work: Work): Promise<BootContent> {
  const path = await madeBy(written, work);
  const { size } = await stat(path);
  return { source: '', content: { path, offset: 0, size } };
}

function filledIn(text: string, { architecture }: Work): string {
  return text.replaceAll('{arch}', architecture);
}

/**
 * What the program has left, in the project or in its own output; neither the path nor a link in it may lead elsewhere.
 * Throws ProjectError INGOT_IMAGE_PATH, INGOT_ROOTFS_MISSING.
 */
async function madeBy(written: string, work: Work): Promise<string> {
  const inOutput = /^\{output\}\//.exec(written);
  const path = filledIn(inOutput ? written.slice(inOutput[0].length) : written, work);
  const folder = inOutput ? work.output : work.folder;
  const outside = (way: string) => isAbsolute(way) || way.split(/[/\\]/).includes('..');
  const there = outside(path) ? undefined : await realpath(resolve(folder, path)).catch(() => undefined);
  if (outside(path) || (there !== undefined && outside(relative(await realpath(folder), there)))) {
    throw new ProjectError('INGOT_IMAGE_PATH', `${JSON.stringify(written)} leaves the project`, {
      help: 'let the command write into the folder of the project, or into {output}',
    });
  }
  if (there !== undefined) return there;
  throw new ProjectError('INGOT_ROOTFS_MISSING', `the command has left no ${written}`, {
    help: 'paths are relative to the folder of the project, or begin with {output}/; {arch} stands for the architecture',
  });
}
