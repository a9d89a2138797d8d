import { join } from 'node:path';
import { checkOptions, projectNode, sourceDateEpoch } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { OsImageDescription } from '../description/description.ts';

/** The options that all executors of an os-image have. */
export interface OsImageOptions {
  /** The description, relative to the project's folder. Default: os-image.yaml. */
  readonly file?: string;
}

/** What a task works on. */
export interface OsImageProject {
  /** Of Nx. */
  readonly name: string;
  /** Absolute. */
  readonly folder: string;
  readonly description: OsImageDescription;
  /** With the date filled in. */
  readonly version: string;
  /** Of all that is dated: SOURCE_DATE_EPOCH, else the day of packages.lock, else 1970. In seconds since then. */
  readonly time: number;
}

/** Reads the project's os-image.yaml. Throws what readOsImageFile and versionOf throw, and INGOT_OPTION_*. */
export async function openProject(
  options: OsImageOptions,
  context: ExecutorContext,
  known: Readonly<Record<string, readonly string[] | undefined>> = {},
): Promise<OsImageProject> {
  checkOptions(options, { file: undefined, ...known });
  const { readOsImageFile } = await import('../description/read.ts');
  const { lockDay } = await import('../lock/day.ts');
  const { versionOf } = await import('../description/version.ts');
  const name = context.projectName!;
  const folder = join(context.root, projectNode(context, name).data.root);
  const description = await readOsImageFile(join(folder, options.file ?? 'os-image.yaml'));
  const day = await lockDay(folder);
  return {
    name,
    folder,
    description,
    version: versionOf(description, day?.text),
    time: sourceDateEpoch() ?? day?.seconds ?? 0,
  };
}
