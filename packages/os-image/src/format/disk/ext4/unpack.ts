import { mkdirSync, symlinkSync } from 'node:fs';
import { link, open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerEntry, LayerFile } from '@ingot/content';

/** What is read of a file at once, in bytes. */
const CHUNK = 1024 * 1024;
const WORKERS = 8;

/**
 * Puts a root file system into an empty folder of our own, for mke2fs to read: names and contents only. Modes are those
 * that let us read, owners, times and attributes come later, and devices and pipes are empty files, so that nobody has to
 * be root for it. `entries` are as readTarEntries gives them (nothing lies below a link, nothing is there twice); and
 * links are made last, so that nothing is ever written through one. `onBytes` hears of contents. Throws system errors.
 */
export async function unpack(
  entries: readonly LayerEntry[],
  folder: string,
  signal: AbortSignal,
  onBytes: (bytes: number) => void,
): Promise<void> {
  for (const { path, type } of entries) if (type === 'directory') mkdirSync(join(folder, path), 0o700);
  const files = entries.filter((entry) => entry.type === 'file');
  const sources = new Sources();
  try {
    await inParallel(files, async (file) => {
      signal.throwIfAborted();
      onBytes(await writeContent(join(folder, file.path), file, sources));
    });
  } finally {
    await sources.close();
  }
  for (const entry of entries) {
    const path = join(folder, entry.path);
    if (isSpecial(entry)) await writeFile(path, '', { flag: 'wx', mode: 0o600 });
    if (entry.type === 'hardlink') await link(join(folder, entry.target), path);
  }
  for (const entry of entries) if (entry.type === 'symlink') symlinkSync(entry.target, join(folder, entry.path));
}

/** What only root can make. */
export function isSpecial({ type }: LayerEntry): boolean {
  return type === 'character' || type === 'block' || type === 'fifo';
}

async function writeContent(path: string, { content, size }: LayerFile, sources: Sources): Promise<number> {
  if (content instanceof Uint8Array) {
    await writeFile(path, content, { flag: 'wx', mode: 0o600 });
    return size;
  }
  const source = await sources.open(content.path);
  const file = await open(path, 'wx', 0o600);
  try {
    const buffer = Buffer.allocUnsafe(Math.min(size, CHUNK));
    for (let done = 0; done < size;) {
      const wanted = Math.min(buffer.length, size - done);
      const { bytesRead } = await source.read(buffer, 0, wanted, content.offset + done);
      if (bytesRead === 0) throw new Error(`${content.path} ends within a file`);
      await file.writeFile(buffer.subarray(0, bytesRead));
      done += bytesRead;
    }
  } finally {
    await file.close();
  }
  return size;
}

/** The files that contents are read from: mostly one tar. */
class Sources {
  readonly #open = new Map<string, Promise<FileHandle>>();

  open(path: string): Promise<FileHandle> {
    const there = this.#open.get(path) ?? open(path);
    this.#open.set(path, there);
    return there;
  }

  async close(): Promise<void> {
    for (const file of this.#open.values()) await (await file.catch(() => undefined))?.close();
  }
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failure) return;
      await work(item).catch((error: unknown) => (failure ??= { error }));
    }
  };
  // All of them have ended before an error is told: nobody writes into a folder that is being removed.
  await Promise.all(Array.from({ length: WORKERS }, worker));
  if (failure) throw failure.error;
}
