import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import { tooLarge, usualLimits, type Limits } from './limits.ts';
import { largestFile, sortedTree, type BundleTree, type TreeEntry } from './tree.ts';

/**
 * A folder as an unpacker would see it, had its files become an image as they are: links are not followed, modes are
 * those of the disk. Throws ProjectError INGOT_BUNDLE_FOLDER (no folder, or nothing that we may read) and
 * INGOT_BUNDLE_LIMIT.
 */
export async function treeOfFolder(folder: string, limits: Limits = usualLimits): Promise<BundleTree> {
  const entries = new Map<string, TreeEntry>();
  const pending = [''];
  let bytes = 0;
  while (pending.length > 0) {
    const parent = pending.pop() ?? '';
    for (const name of await read(folder, readdir(join(folder, parent)))) {
      const path = parent === '' ? name : `${parent}/${name}`;
      const entry = await entryOf(folder, path);
      if (entry.type === 'directory') pending.push(path);
      if (entry.type === 'file') bytes += entry.content?.length ?? 0;
      entries.set(path, entry);
      if (entries.size > limits.entries) throw tooLarge(folder, `holds more than ${limits.entries} files and folders`);
      if (bytes > limits.bytes) throw tooLarge(folder, `holds more than ${limits.bytes} bytes`);
    }
  }
  return sortedTree(entries, { labels: undefined, mediaTypes: undefined });
}

async function entryOf(folder: string, path: string): Promise<TreeEntry> {
  const file = join(folder, path);
  const stat = await read(file, lstat(file));
  const mode = stat.mode & 0o7777;
  if (stat.isDirectory()) return { path, mode, type: 'directory' };
  if (stat.isSymbolicLink()) return { path, mode, type: 'symlink', target: await read(file, readlink(file)) };
  if (!stat.isFile()) return { path, mode, type: 'other' };
  if (stat.size > largestFile) return { path, mode, type: 'file', size: stat.size, content: undefined };
  const content = new Uint8Array(await read(file, readFile(file)));
  return { path, mode, type: 'file', size: content.length, content };
}

async function read<T>(path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (cause) {
    throw new ProjectError('INGOT_BUNDLE_FOLDER', `${path} cannot be read: ${(cause as Error).message}`, {
      path,
      help: 'Name the folder that holds manifests, or a chart, and make it readable.',
      cause,
    });
  }
}
