import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { mentionedProjects } from '../assemble/mentioned-projects.ts';

/** No folder of manifests has more; of one that has, `images` in bundle.yaml says what is missing. */
const mostFiles = 5000;
/** In bytes. */
const largest = 4 * 1024 * 1024;

/**
 * The projects whose images a bundle's own files name, sorted: `image: project:hello-server`. Reads the files, since the
 * task graph has to know who builds what.
 * @param folder the project's, absolute
 * @param own paths and globs within it; of a glob all below its fixed part counts
 */
export function namedProjects(folder: string, own: readonly string[]): string[] {
  const found = new Set<string>();
  let files = 0;
  const visit = (path: string): void => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory()) {
      for (const entry of readdirSync(path).sort())
        if (entry !== 'node_modules' && entry !== 'dist') visit(join(path, entry));
    } else if (stats?.isFile() && stats.size <= largest && files++ < mostFiles) {
      const text = readFileSync(path, 'utf8');
      if (text.includes('project:')) for (const name of mentionedProjects(text)) found.add(name);
    }
  };
  for (const path of own) {
    // What targets make is there or not: the graph must not depend on it. `images` in bundle.yaml is for that.
    if (path === 'dist' || path.startsWith('dist/')) continue;
    try {
      visit(join(folder, fixedPart(path)));
    } catch {
      // Whoever builds the bundle hears why it cannot be read.
    }
  }
  return [...found].sort();
}

/** The path of a glob before its first wildcard. */
function fixedPart(path: string): string {
  const segments = path.split('/');
  const wild = segments.findIndex((segment) => /[*?[\]{}!()]/.test(segment));
  return (wild < 0 ? segments : segments.slice(0, wild)).join('/');
}
