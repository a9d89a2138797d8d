import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { digestOfFile, stagingFolder } from '@ingot/content';
import { copyOutput } from '../format/write.ts';
import type { Published, PublishOptions, ToPublish } from './publish.ts';

interface Staged {
  readonly target: string;
  /** Beside it, complete and on the disk. */
  readonly temporary: string;
}

/**
 * First all files are copied beside where they shall be; then each is renamed into its place, one right after the other.
 * Where one cannot be, those before it become what they were. Files that are there already stay as they are.
 */
export async function publishToFolder(
  files: readonly ToPublish[],
  folder: string,
  { signal, onBytes }: PublishOptions,
): Promise<readonly Published[]> {
  const staged: Staged[] = [];
  const published: Published[] = [];
  try {
    for (const file of files) {
      signal.throwIfAborted();
      const target = join(folder, file.path);
      if (await isThere(target, file)) {
        published.push({ path: file.path, how: 'present' });
        onBytes?.(file.size);
        continue;
      }
      const temporary = await stagingFolder(target);
      staged.push({ target, temporary });
      const from = { ...file, path: file.file };
      await copyOutput(from, dirname(temporary), basename(temporary), {
        onBytes: (bytes) => {
          signal.throwIfAborted();
          onBytes?.(bytes);
        },
      });
      published.push({ path: file.path, how: 'written' });
    }
    await swap(staged);
  } finally {
    for (const { temporary } of staged) await rm(temporary, { force: true });
  }
  return published;
}

async function isThere(target: string, { digest }: ToPublish): Promise<boolean> {
  return (await digestOfFile(target).catch(() => undefined)) === digest;
}

/** What stood at a target: nothing, a file that has a second name, or one that cannot be kept. */
type Before = { readonly was: 'nothing' | 'lost' } | { readonly was: 'kept'; readonly old: string };

async function swap(staged: readonly Staged[]): Promise<void> {
  const done: { readonly target: string; readonly before: Before }[] = [];
  try {
    for (const { target, temporary } of staged) {
      done.push({ target, before: await keep(target) });
      await rename(temporary, target);
    }
  } catch (error) {
    for (const { target, before } of done.reverse()) await restore(target, before).catch(() => undefined);
    throw error;
  }
  for (const { before } of done) if (before.was === 'kept') await rm(before.old, { force: true });
  for (const folder of new Set(staged.map(({ target }) => dirname(target)))) await syncFolder(folder);
}

/** Gives what is there a second name; some file systems know none. */
async function keep(target: string): Promise<Before> {
  const old = await stagingFolder(target);
  return link(target, old).then(
    (): Before => ({ was: 'kept', old }),
    (error: NodeJS.ErrnoException): Before => ({ was: error.code === 'ENOENT' ? 'nothing' : 'lost' }),
  );
}

async function restore(target: string, before: Before): Promise<void> {
  if (before.was === 'kept') await rename(before.old, target);
  if (before.was === 'nothing') await rm(target, { force: true });
}

/** Names are on the disk when the folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    // Some network file systems know no such thing.
    await handle.sync().catch(() => undefined);
  } finally {
    await handle.close();
  }
}
