import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stagingFolder, writeWhole } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { dayOf } from '../description/version.ts';
import type { Architecture, MmdebstrapDescription } from '../description/description.ts';
import { buildRootfs, type RootfsOptions } from '../rootfs/build.ts';
import { withAptRoot } from './apt-root.ts';
import { changesOf, type LockChanges } from './changes.ts';
import { installedOf, requestOf } from './check.ts';
import {
  formatPackagesLock,
  PACKAGES_LOCK,
  readPackagesLock,
  type LockedPackage,
  type PackagesLock,
} from './packages-lock.ts';
import { resolvePackages } from './resolve.ts';

export interface LockOptions extends Omit<RootfsOptions, 'folder' | 'time' | 'lock' | 'installed'> {
  /** Of the lock, in seconds since 1970; it is written into it as a day. */
  readonly now: number;
}

export interface LockUpdate extends LockChanges {
  /** Absolute. */
  readonly file: string;
  /** How many packages are locked, all architectures together. */
  readonly count: number;
}

type Packages = Partial<Record<Architecture, readonly LockedPackage[]>>;

/**
 * Looks up what a build installs today, and writes packages.lock: the file as a whole, or, where nothing has changed,
 * not at all. With mmdebstrap apt is asked, and nothing built; other builders find their packages themselves, so they
 * build once, and what is installed then is what later builds are compared with. Throws what a build throws,
 * INGOT_LOCK_NO_PACKAGES, and what `parsePackagesLock` throws but for a lock that a merge has broken: that is written anew.
 */
export async function lockPackages(options: LockOptions): Promise<LockUpdate> {
  const { description, now } = options;
  const { builder, folder } = description;
  const file = join(folder, PACKAGES_LOCK);
  const before = await readPackagesLock(folder).catch((error: unknown) => {
    if ((error as { code?: unknown }).code === 'INGOT_LOCK_CONFLICT') return undefined;
    throw error;
  });
  const isAsked = builder.kind === 'mmdebstrap';
  const packages = isAsked ? await askApt(builder, options) : await buildOnce(options);
  const lock = { date: dayOf(now), request: isAsked ? requestOf(builder) : undefined, packages };
  if (before === undefined || body(before) !== body(lock)) {
    await writeWhole(dirname(file), async (output) => {
      await output.writeFile(formatPackagesLock(lock));
      return file;
    });
  }
  const count = Object.values(packages).reduce((sum, each) => sum + each.length, 0);
  return { file, count, ...changesOf(before?.packages ?? {}, packages) };
}

/** All but the date: a day later, the same packages are the same lock. */
function body(lock: Omit<PackagesLock, 'file' | 'place'>): string {
  return formatPackagesLock({ ...lock, date: '' });
}

async function askApt(mmdebstrap: MmdebstrapDescription, options: LockOptions): Promise<Packages> {
  const { description, stage } = options;
  const packages: Packages = {};
  for (const architecture of description.architectures) {
    stage(`looking up packages of ${architecture}`);
    packages[architecture] = await withAptRoot(description, mmdebstrap, architecture, options, (root) =>
      resolvePackages(root, mmdebstrap, architecture),
    );
  }
  return packages;
}

async function buildOnce(options: LockOptions): Promise<Packages> {
  const { description } = options;
  const folder = await stagingFolder(join(description.folder, 'dist', 'lock'));
  const packages: Packages = {};
  try {
    const installed: RootfsOptions['installed'] = (architecture, found) => {
      if (found === undefined) throw nothingToLock(options, architecture);
      packages[architecture] = installedOf(found);
    };
    await buildRootfs({ ...options, folder, time: options.now, lock: false, installed });
    return packages;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An empty lock would be one that every image of this kind fits. */
function nothingToLock({ description, project }: LockOptions, architecture: Architecture): ProjectError {
  const { builder, place, name } = description;
  return new ProjectError('INGOT_LOCK_NO_PACKAGES', `the root file system of ${architecture} has no packages of dpkg`, {
    place: place([builder.kind]),
    help: `there is nothing that packages.lock could hold: it is for Debian and its like, and ${project ?? name} builds without`,
  });
}
