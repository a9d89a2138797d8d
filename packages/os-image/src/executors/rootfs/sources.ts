import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import type { Platform } from '@ingot/content';
import { checkMaker, collectFiles, folderOf, openBase, selectBase } from '@ingot/oci';
import { ProjectError, type Place } from '@ingot/workspace';
import type { ExecutorContext } from '@nx/devkit';
import type { Architecture, OsImageDescription, RootfsDescription } from '../../description/description.ts';
import type { OpenedRootfs, RootfsSources } from '../../rootfs/builder.ts';

/** Finds what an os-image.yaml names in the workspace: files, outputs of targets, images of projects and registries. */
export function sourcesIn({ file, folder, place }: OsImageDescription, context: ExecutorContext): RootfsSources {
  return {
    async files(entry, architecture) {
      const { base, boundary, from } = folderOf(entry, context);
      const options = { base, boundary, without: new Set([join(folder, 'dist')]), platform: platformOf(architecture) };
      // What a target of this project makes lies in dist as well.
      const made = entry.target !== undefined || from.startsWith('dist/');
      return collectFiles({ ...entry, from }, made ? { ...options, without: new Set<string>() } : options);
    },
    async open(rootfs, architecture) {
      const at = place(['rootfs']);
      const text = rootfs.from.replaceAll('{arch}', architecture);
      if (!isSource(text)) return openPath({ ...rootfs, from: text }, at, context);
      const from = { source: text, place: at };
      const base = await openBase({ from, file }, context);
      const { manifest, fetcher } = await selectBase(base!, { from }, platformOf(architecture));
      return { manifest, fetcher };
    },
  };
}

/** A source by its grammar; all else is a path. */
function isSource(text: string): boolean {
  return /^(project|oci|oci-archive|docker-archive|docker-daemon|dir|docker):/.test(text);
}

/** A tar or folder of the project, or one that a target makes. Throws ProjectError INGOT_ROOTFS_SOURCE. */
async function openPath(
  { from, target, project }: RootfsDescription,
  place: Place,
  context: ExecutorContext,
): Promise<OpenedRootfs> {
  const entry = { from, target, project, place, targetPlace: place, projectPlace: place };
  checkMaker(entry, context);
  const found = folderOf(entry, context);
  const path = join(found.base, found.from);
  const there = await realpath(path).catch(() => undefined);
  if (there === undefined) {
    const help = target === undefined ? 'name a tar or folder of the project, or a source' : `does ${target} make it?`;
    throw new ProjectError('INGOT_ROOTFS_SOURCE', `there is no ${from}`, { place, path, help });
  }
  const below = relative(await realpath(found.boundary), there);
  if (isAbsolute(found.from) || below.split('/').includes('..')) {
    throw new ProjectError('INGOT_ROOTFS_SOURCE', `${JSON.stringify(from)} leaves the project`, {
      place,
      help: 'Nx would not notice when it changes: put it into the project, or let a target make it',
    });
  }
  const stats = await stat(there);
  if (stats.isFile() || stats.isDirectory()) return { path: there };
  throw new ProjectError('INGOT_ROOTFS_SOURCE', `${from} is neither a tar nor a folder`, { place, path: there });
}

function platformOf(architecture: Architecture): Platform {
  return { os: 'linux', architecture };
}
