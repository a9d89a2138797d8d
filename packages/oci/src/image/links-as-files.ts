import { readdir, type Dirent } from 'node:fs';

type Callback = (error: NodeJS.ErrnoException | null, entries: readonly Entry[]) => void;
type Entry = Pick<Dirent, 'name' | 'isFile' | 'isDirectory' | 'isSymbolicLink'>;

/**
 * `fs.readdir` for a glob library that either follows symbolic links or leaves them out: here they are files, to be
 * found and not to be followed.
 */
export function readdirLinksAsFiles(path: string, _options: { withFileTypes: true }, callback: Callback): void {
  readdir(path, { withFileTypes: true }, (error, entries) => callback(error, (entries ?? []).map(asFile)));
}

function asFile(entry: Dirent): Entry {
  if (!entry.isSymbolicLink()) return entry;
  return { name: entry.name, isFile: () => true, isDirectory: () => false, isSymbolicLink: () => false };
}
