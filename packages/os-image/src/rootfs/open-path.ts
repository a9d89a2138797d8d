import { open, stat } from 'node:fs/promises';
import { createReadStream } from 'node:fs';
import { basename, join } from 'node:path';
import { decompress, readTarEntries, type LayerEntry } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { filter } from '../program/filter.ts';
import { readFolder, type FolderOptions } from '../tree/folder.ts';
import { RootTree } from '../tree/root-tree.ts';
import { writeStream } from '../tree/write-tar.ts';

/** By their first bytes. */
const magics: readonly (readonly [string, 'gzip' | 'zstd' | 'xz' | 'lz4' | 'bzip2'])[] = [
  ['1f8b', 'gzip'],
  ['28b52ffd', 'zstd'],
  ['fd377a585a00', 'xz'],
  ['04224d18', 'lz4'],
  ['425a68', 'bzip2'],
];

/**
 * The root file system that lies at a path: a folder, or a tar, compressed or not. Throws ProjectError
 * INGOT_ROOTFS_MISSING, INGOT_ROOTFS_READ, INGOT_TOOL_MISSING, INGOT_TOOL_FAILED, and content's INGOT_TAR*.
 * @param temporary a folder that has to stay as long as the tree is used
 */
export async function openPath(
  path: string,
  temporary: string,
  options: FolderOptions & { readonly signal: AbortSignal },
): Promise<RootTree> {
  const tree = new RootTree();
  for (const entry of await entriesAt(path, temporary, options)) tree.put(entry);
  return tree;
}

async function entriesAt(
  path: string,
  temporary: string,
  options: FolderOptions & { readonly signal: AbortSignal },
): Promise<LayerEntry[]> {
  const stats = await stat(path).catch(() => undefined);
  if (stats?.isDirectory()) return readFolder(path, options);
  if (stats?.isFile()) return readTarEntries(await plainTar(path, temporary, options.signal));
  throw new ProjectError('INGOT_ROOTFS_MISSING', `there is no root file system at ${path}`, {
    path,
    help: 'a tar (also compressed) or a folder has to be there; if a target makes it, name that',
  });
}

/** The tar itself, or what it is when it is decompressed. */
async function plainTar(path: string, temporary: string, signal: AbortSignal): Promise<string> {
  const compression = await compressionOf(path);
  if (compression === undefined) return path;
  const plain = join(temporary, `${basename(path)}.tar`);
  const content = createReadStream(path, { highWaterMark: 1024 * 1024 });
  const isOurs = compression === 'gzip' || compression === 'zstd';
  const unpacked = isOurs ? decompress(content, compression) : filter(compression, ['-dc'], content, { signal });
  await writeStream(plain, unpacked, { signal });
  return plain;
}

async function compressionOf(path: string): Promise<(typeof magics)[number][1] | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0);
    const head = buffer.subarray(0, bytesRead).toString('hex');
    return magics.find(([magic]) => head.startsWith(magic))?.[1];
  } finally {
    await file.close();
  }
}
