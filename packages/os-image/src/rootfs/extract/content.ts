import { readSpan } from '@ingot/content';
import type { FileSpan } from '@ingot/content';
import type { RootTree } from '../../tree/root-tree.ts';

/** No os-release, status or settings file is larger. */
const limit = 64 * 1024 * 1024;

/** The text of a file of the root file system, links followed within it; undefined where there is none, or it is huge. */
export async function textOf(tree: RootTree, path: string): Promise<string | undefined> {
  const found = tree.find(path);
  if (found?.inode.type !== 'file' || found.inode.size > limit) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of bytesOf(found.inode.content)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

/** The bytes of a file of the root file system, wherever they lie. */
export async function* bytesOf(content: FileSpan | Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  if (content instanceof Uint8Array) yield content;
  else yield* readSpan(content);
}
