import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSpan, type LayerEntry, type LayerFile } from '@ingot/content';

/** The files of a root file system, by path. Hard links are their file. */
export function filesOf(entries: readonly LayerEntry[]): ReadonlyMap<string, LayerFile> {
  const files = new Map<string, LayerFile>();
  for (const entry of entries) {
    if (entry.type === 'file') files.set(entry.path, entry);
    const target = entry.type === 'hardlink' ? files.get(entry.target) : undefined;
    if (target) files.set(entry.path, target);
  }
  return files;
}

/** Puts a file of the root file system where programs can read it. */
export async function extract(file: LayerFile, path: string): Promise<void> {
  const content = file.content instanceof Uint8Array ? [file.content] : readSpan(file.content);
  await writeFile(path, content);
}

/** The folder's files that have these names; undefined unless all are there. In the root file system, made readable in `scratch`. */
export async function fromRoot(
  entries: readonly LayerEntry[],
  folder: string,
  names: readonly string[],
  scratch: string,
): Promise<boolean> {
  const files = filesOf(entries);
  const found = names.map((name) => [name, files.get(`${folder}/${name}`)] as const);
  if (found.some(([, file]) => file === undefined)) return false;
  for (const [name, file] of found) await extract(file!, join(scratch, name));
  return true;
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
