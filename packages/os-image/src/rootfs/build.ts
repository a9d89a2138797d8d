import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { BuildLog, withPlace } from '@ingot/workspace';
import type { Architecture, OsImageDescription } from '../description/description.ts';
import { checkInstalled, checkRequest, goneError } from '../lock/check.ts';
import { readPackagesLock, type PackagesLock } from '../lock/packages-lock.ts';
import { pinsOf } from '../lock/pins.ts';
import type { RootTree } from '../tree/root-tree.ts';
import type { BuilderOptions, RootfsBuilder, RootfsSources } from './builder.ts';
import type { DpkgPackage } from './extract/dpkg-status.ts';
import { finish } from './finish.ts';
import type { RootfsArchitecture, RootfsResult } from './result.ts';
import { keepYoungGenerationSmall } from './young-generation.ts';

export interface RootfsOptions {
  readonly description: OsImageDescription;
  /** Of all that is dated, in seconds since 1970. */
  readonly time: number;
  /** An empty folder, which becomes the target's output as a whole. Absolute. */
  readonly folder: string;
  readonly sources: RootfsSources;
  readonly signal: AbortSignal;
  /** Something that the author should know, a line. */
  readonly note: (text: string) => void;
  /** A stage begins, with its bytes where they are known; then how many went by. */
  readonly stage: (label: string, total?: number) => (bytes: number) => void;
  /** Hears what the builder says. */
  readonly show?: (line: string) => void;
  /** The project that is built, for what errors advise; default: the image's name. */
  readonly project?: string;
  /** False: packages.lock is not looked at. */
  readonly lock?: false;
  /** Hears what is installed; undefined: no package manager's list is there. What it throws ends the build. */
  readonly installed?: (architecture: Architecture, packages: readonly DpkgPackage[] | undefined) => void;
}

/**
 * Makes the root file systems of a description, an architecture after the other: in `folder`, `<architecture>/` with
 * rootfs.tar, vmlinuz, initrd, os-release, packages.txt, manifest and build.log. The same description, files and
 * packages give the same bytes anywhere. Throws ProjectErrors with their places: INGOT_ROOTFS_*, INGOT_LOCK_*,
 * INGOT_TOOL_MISSING, INGOT_DISK_FULL, and what the sources throw.
 */
export async function buildRootfs(options: RootfsOptions): Promise<RootfsResult> {
  keepYoungGenerationSmall();
  const { description, time, folder } = options;
  const lock = options.lock === false ? undefined : await readPackagesLock(description.folder);
  const named = asProject(options);
  if (lock) checkRequest(named, lock);
  else if (options.lock !== false && description.builder.kind === 'mmdebstrap') {
    options.note(`no packages.lock: what is newest gets in; \`nx run ${named.name}:lock\` pins it`);
  }
  const temporary = join(folder, '.build');
  await mkdir(temporary, { recursive: true });
  try {
    const preferences = (architecture: Architecture) => lock && pinsOf(lock.packages[architecture] ?? []);
    const builder = await builderOf({ ...options, temporary, preferences });
    const architectures: RootfsArchitecture[] = [];
    for (const architecture of description.architectures) {
      architectures.push(await buildArchitecture(architecture, builder, lock, options));
    }
    return { ingot: 'rootfs-result/v1', name: description.name, time, architectures };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function builderOf(options: BuilderOptions): Promise<RootfsBuilder> {
  const { builder } = options.description;
  switch (builder.kind) {
    case 'mmdebstrap': {
      const { mmdebstrapBuilder } = await import('./mmdebstrap/builder.ts');
      return mmdebstrapBuilder(builder, options);
    }
    case 'dockerfile': {
      const { dockerfileBuilder } = await import('./dockerfile.ts');
      return dockerfileBuilder(builder.dockerfile, options);
    }
    case 'rootfs': {
      const { givenBuilder } = await import('./given.ts');
      return givenBuilder(builder, options);
    }
    case 'command': {
      const { commandBuilder } = await import('./command.ts');
      return commandBuilder(builder, options);
    }
  }
}

async function buildArchitecture(
  architecture: Architecture,
  builder: RootfsBuilder,
  lock: PackagesLock | undefined,
  options: RootfsOptions,
): Promise<RootfsArchitecture> {
  const { description, folder, stage, show = () => undefined } = options;
  const log = await BuildLog.open(join(folder, architecture, 'build.log'), builder.secrets, show);
  try {
    return await orGone(lock, architecture, options, async () => {
      stage(`building ${architecture} by ${description.builder.kind}`);
      const built = await builder.build(architecture, log);
      await layFiles(built.tree, architecture, options);
      const check = (packages: readonly DpkgPackage[] | undefined): void => {
        options.installed?.(architecture, packages);
        if (lock) checkInstalled(asProject(options), lock, architecture, packages);
      };
      const place = description.place([description.builder.kind]);
      const { secrets } = builder;
      return withPlace(place, () => finish(built, { ...options, architecture, log, secrets, check }));
    });
  } finally {
    log.close();
  }
}

/** The description with the name that people run its targets by. */
function asProject({ description, project = description.name }: RootfsOptions): OsImageDescription {
  return { ...description, name: project };
}

/** Does `work`; where it fails since locked packages are gone, that is the error. */
async function orGone<T>(
  lock: PackagesLock | undefined,
  architecture: Architecture,
  options: RootfsOptions,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (lock === undefined || !(code === 'INGOT_ROOTFS_BUILD' || code === 'INGOT_LOCK_DIFFERENT')) throw error;
    // Where the sources cannot be asked either, the first error says more.
    throw (await goneError(asProject(options), lock, architecture, options.signal).catch(() => undefined)) ?? error;
  }
}

/** Lays `files` over what the builder made; folders that are there keep owner and mode. */
async function layFiles(
  tree: RootTree,
  architecture: Architecture,
  { description, sources }: RootfsOptions,
): Promise<void> {
  for (const file of description.files) {
    await withPlace(file.place, async () => {
      for (const entry of await sources.files(file, architecture)) {
        const isThere = entry.type === 'directory' && tree.find(entry.path)?.inode.type === 'directory';
        if (!isThere) tree.put(entry);
      }
    });
  }
}
