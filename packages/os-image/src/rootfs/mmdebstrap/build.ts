import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram, type BuildLog } from '@ingot/workspace';
import type { Architecture, MmdebstrapDescription, OsImageDescription } from '../../description/description.ts';
import { requireTools } from '../../program/tools.ts';
import { addSteadily } from '../builder-log.ts';
import type { AptSettings } from './apt-settings.ts';
import { leadingTo, mmdebstrapArguments, type AptFile } from './arguments.ts';
import { buildFailed } from './blame.ts';
import { environment } from './environment.ts';
import { keyringFolder } from './keyrings.ts';
import { chooseMode } from './mode.ts';
import { withTemporary } from './temporary.ts';

export interface MmdebstrapOptions {
  readonly architecture: Architecture;
  /** Seconds since 1970. */
  readonly time: number;
  /** The tar to make. Absolute. */
  readonly target: string;
  readonly settings: AptSettings;
  /** apt_preferences(5): what may be installed; undefined: whatever is newest. */
  readonly preferences: string | undefined;
  readonly log: BuildLog;
  readonly signal: AbortSignal;
}

/** Packages' scripts make files, whose modes are to be the same for everybody. */
const umask = 0o022;

/** It may have to remove a whole tree. In milliseconds. */
const grace = 60_000;

/**
 * Builds a root file system out of packages. Whatever happens, no tree and no mount is left. Throws ProjectErrors
 * INGOT_ROOTFS_BUILD, INGOT_ROOTFS_MODE, INGOT_ROOTFS_KEYRING, INGOT_DISK_FULL, INGOT_TOOL_MISSING, INGOT_INTERRUPTED.
 */
export async function runMmdebstrap(
  { folder, place }: OsImageDescription,
  description: MmdebstrapDescription,
  options: MmdebstrapOptions,
): Promise<void> {
  const { architecture, log, signal, target } = options;
  const tools = await requireTools(['mmdebstrap', 'apt-get'], place(['mmdebstrap']));
  const mode = await chooseMode(description, place(['mmdebstrap', 'mode']), signal);
  await withTemporary(async ({ tree, secret }) => {
    const args = mmdebstrapArguments(description, {
      architecture,
      mode,
      target,
      keyrings: await keyringFolder(description, folder, tree, place),
      aptFiles: await aptFiles(options, secret),
    });
    const env = environment(options.time, tree);
    const ended = await runProgram(tools.mmdebstrap, args, {
      cwd: folder,
      env,
      signal,
      grace,
      umask,
      onLine: (line) => addSteadily(log, line),
    });
    if (ended?.code === 0) return;
    const how = ended?.code === undefined ? 'was killed' : `ended with ${ended.code}`;
    throw buildFailed(description, how, log, place);
  });
}

async function aptFiles(
  { settings, preferences }: MmdebstrapOptions,
  folder: string,
): Promise<Partial<Record<AptFile, string>>> {
  const texts: Partial<Record<AptFile, string>> = {
    ...(settings.authentication === undefined ? {} : { 'auth.conf': settings.authentication }),
    ...(preferences === undefined ? {} : { preferences }),
  };
  const configuration = settings.configuration + leadingTo(Object.keys(texts) as AptFile[]);
  if (configuration !== '') texts['apt.conf'] = configuration;
  const paths: Partial<Record<AptFile, string>> = {};
  for (const [name, text] of Object.entries(texts) as [AptFile, string][]) {
    paths[name] = join(folder, name);
    await writeFile(paths[name], text, { mode: 0o600 });
  }
  return paths;
}
