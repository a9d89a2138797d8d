import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Everything below a folder, as paths relative to it, sorted. Links are listed and never followed: Node's own recursive
 * `readdir` follows those to folders, round and round until the kernel refuses.
 */
export function entriesBelow(folder: string, below = ''): string[] {
  return readdirSync(join(folder, below), { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(below, entry.name);
      return entry.isDirectory() ? [path, ...entriesBelow(folder, path)] : [path];
    })
    .sort();
}
