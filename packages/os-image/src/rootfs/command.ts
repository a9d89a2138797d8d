import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative, resolve } from 'node:path';
import { ProjectError, runProgram, withPlace, type BuildLog, type Path } from '@ingot/workspace';
import type { Architecture, CommandDescription, OsImageDescription } from '../description/description.ts';
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
  const { folder, place } = description;
  return {
    secrets: [],
    async build(architecture, log) {
      await run(command, architecture, log, options);
      const boot = async (key: 'kernel' | 'initrd'): Promise<{ readonly [name: string]: BootContent }> =>
        command[key] === undefined ? {} : { [key]: await bootFile(command[key], key, architecture, description) };
      const at: Path = ['command', 'rootfs'];
      return withPlace(place(at), async () => {
        const path = await inProject(forArchitecture(command.rootfs, architecture), folder);
        return {
          tree: await openPath(path, temporary, options),
          ...(await boot('kernel')),
          ...(await boot('initrd')),
        };
      });
    },
  };
}

async function run(
  command: CommandDescription,
  architecture: Architecture,
  log: BuildLog,
  { description, time, signal }: BuilderOptions,
): Promise<void> {
  const { folder, place } = description;
  const [program = '', ...args] = command.run.map((word) => forArchitecture(word, architecture));
  // A program of the project's is named from its folder, as in a shell.
  const path = program.startsWith('./') || program.startsWith('../') ? resolve(folder, program) : program;
  const env = { ...process.env, SOURCE_DATE_EPOCH: String(time) };
  const ended = await runProgram(path, args, {
    cwd: folder,
    env,
    signal,
    grace,
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

async function bootFile(
  written: string,
  key: 'kernel' | 'initrd',
  architecture: Architecture,
  { folder, place }: OsImageDescription,
): Promise<BootContent> {
  return withPlace(place(['command', key]), async () => {
    const path = await inProject(forArchitecture(written, architecture), folder);
    const { size } = await stat(path);
    return { source: '', content: { path, offset: 0, size } };
  });
}

function forArchitecture(text: string, architecture: Architecture): string {
  return text.replaceAll('{arch}', architecture);
}

/** Neither the path nor a link in it may leave the project. Throws ProjectError INGOT_IMAGE_PATH, INGOT_ROOTFS_MISSING. */
async function inProject(path: string, folder: string): Promise<string> {
  const outside = (way: string) => isAbsolute(way) || way.split(/[/\\]/).includes('..');
  const there = outside(path) ? undefined : await realpath(resolve(folder, path)).catch(() => undefined);
  if (outside(path) || (there !== undefined && outside(relative(await realpath(folder), there)))) {
    throw new ProjectError('INGOT_IMAGE_PATH', `${JSON.stringify(path)} leaves the project`, {
      help: 'let the command write into the folder of the project',
    });
  }
  if (there !== undefined) return there;
  throw new ProjectError('INGOT_ROOTFS_MISSING', `the command has left no ${path}`, {
    help: 'paths are relative to the folder of the project; {arch} stands for the architecture',
  });
}
