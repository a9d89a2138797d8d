import { createRequire } from 'node:module';
import { chmod, chown, lchown, mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ProjectError } from '../error.ts';
import { runProgram } from '../run/program.ts';
import { copyWorkspace } from './copy-workspace.ts';
import { environmentOf, otherUser } from './surroundings.ts';
import type { BuildLog } from '../run/build-log.ts';
import type { Surroundings } from './surroundings.ts';

export interface BuildOptions {
  /** The workspace, absolute. */
  readonly root: string;
  readonly files: readonly string[];
  /** A folder that is there, empty, for this build alone. */
  readonly base: string;
  readonly project: string;
  readonly targets: readonly string[];
  readonly configuration: string | undefined;
  /** Build as another user, if that user may run Nx here. */
  readonly asOther: boolean;
  readonly log: BuildLog;
  readonly signal: AbortSignal;
}

export interface Built {
  /** The workspace that was built in. */
  readonly folder: string;
  readonly user: number | undefined;
}

/** Builds a project's targets in a copy of the workspace, past every cache. Throws ProjectError INGOT_REPRODUCE_BUILD. */
export async function build(around: Surroundings, options: BuildOptions): Promise<Built> {
  const { root, files, base, log, signal } = options;
  const folder = join(base, around.folder);
  log.add(`${around.name} build, in ${folder}`);
  await copyWorkspace(root, folder, { files, umask: around.umask, mtime: around.mtime });
  for (const name of ['home', 't', 's']) await mkdir(join(base, name));
  const nx = await nxProgram(folder);
  const run = (args: readonly string[], user: typeof otherUser | undefined) =>
    runProgram(process.execPath, [nx, ...args], {
      cwd: folder,
      umask: around.umask,
      env: environmentOf(around, base),
      signal,
      onLine: (line) => log.add(line),
      ...(user === undefined ? {} : { user }),
    });
  let user: typeof otherUser | undefined;
  if (options.asOther) {
    await chmod(base, 0o755);
    await give(base, otherUser);
    if ((await run(['--version'], otherUser))?.code === 0) user = otherUser;
    else await give(base, { uid: 0, gid: 0 });
  }
  const ended = await run(arguments_(options), user);
  if (ended?.code !== 0) throw failed(around, options, user);
  return { folder, user: user?.uid ?? process.getuid?.() };
}

function arguments_({ project, targets, configuration }: BuildOptions): string[] {
  const [target] = targets;
  const flags = [
    '--skip-nx-cache',
    '--output-style=static',
    ...(configuration ? [`--configuration=${configuration}`] : []),
  ];
  if (targets.length === 1) return ['run', `${project}:${target}`, ...flags];
  return ['run-many', `--targets=${targets.join(',')}`, `--projects=${project}`, ...flags];
}

function failed({ name }: Surroundings, { project, targets, log }: BuildOptions, user: typeof otherUser | undefined) {
  const as = user === undefined ? '' : ` as user ${user.uid}`;
  return new ProjectError('INGOT_REPRODUCE_BUILD', `the ${name} build of ${project}:${targets.join(',')}${as} fails`, {
    path: log.file,
    help: ['Its last lines:', ...log.tail()].join('\n'),
  });
}

/** The program of the nx that is installed there. */
async function nxProgram(folder: string): Promise<string> {
  const manifest = createRequire(join(folder, 'package.json')).resolve('nx/package.json');
  const { bin } = JSON.parse(await readFile(manifest, 'utf8')) as { bin: Readonly<Record<string, string>> };
  return join(dirname(manifest), bin['nx']!);
}

/** Makes all of it a user's own; links and not what they lead to. */
async function give(folder: string, { uid, gid }: { readonly uid: number; readonly gid: number }): Promise<void> {
  await chown(folder, uid, gid);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await give(path, { uid, gid });
    else await lchown(path, uid, gid);
  }
}
