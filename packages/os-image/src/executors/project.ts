import { join } from 'node:path';
import { checkOptions, projectNode, sourceDateEpoch } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { OsImageDescription } from '../description/description.ts';

/** The options that all executors of an os-image have. */
export interface OsImageOptions {
  /** The description, relative to the project's folder. Default: os-image.yaml. */
  readonly file?: string;
}

/** Where a task works. */
export interface OsImageFolder {
  /** The project's, of Nx. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly description: OsImageDescription;
}

/** What a task works on. */
export interface OsImageProject extends OsImageFolder {
  /** With the date filled in. */
  readonly version: string;
  /** Of all that is dated: SOURCE_DATE_EPOCH, else the day of packages.lock, else 1970. In seconds since then. */
  readonly time: number;
}

type Known = Readonly<Record<string, readonly string[] | undefined>>;

/** Reads the project's os-image.yaml. Throws what readOsImageFile throws, and INGOT_OPTION_*. */
export async function openDescription(
  options: OsImageOptions,
  context: ExecutorContext,
  known: Known = {},
): Promise<OsImageFolder> {
  checkOptions(options, { file: undefined, ...known });
  const { readOsImageFile } = await import('../description/read.ts');
  const name = context.projectName!;
  const folder = join(context.root, projectNode(context, name).data.root);
  return { name, folder, description: await readOsImageFile(join(folder, options.file ?? 'os-image.yaml')) };
}

/** The same with version and time, which packages.lock has a say in. Throws what readPackagesLock and versionOf throw. */
export async function openProject(
  options: OsImageOptions,
  context: ExecutorContext,
  known: Known = {},
): Promise<OsImageProject> {
  const opened = await openDescription(options, context, known);
  const { lockDay } = await import('../lock/day.ts');
  const { versionOf } = await import('../description/version.ts');
  const day = await lockDay(opened.folder);
  return {
    ...opened,
    version: versionOf(opened.description, day?.text),
    time: sourceDateEpoch() ?? day?.seconds ?? 0,
  };
}
