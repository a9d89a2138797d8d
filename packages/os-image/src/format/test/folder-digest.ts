import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Everything that a folder shows: names, modes, bytes. */
export function contentsOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name);
      const { mode } = statSync(path);
      const isFolder = statSync(path).isDirectory();
      const what = isFolder ? 'folder' : createHash('sha256').update(readFileSync(path)).digest('hex');
      return [name, `${(mode & 0o7777).toString(8)} ${what}`];
    }),
  );
}
