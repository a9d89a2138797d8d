import type { IsoEntry } from '../read/entry.ts';

/** As Linux' MAXSYMLINKS: more links on the way than this, and a system gives up. */
const MOST_LINKS = 40;

/**
 * Whether a link leads out of the folder that everything is extracted into, when all the other links are followed on
 * the way as a system would follow them (`..` after a link means the parent of where the link leads, so the text of a
 * target alone does not tell). A link to nothing, or in a circle, stays inside. `entries`: by path.
 */
export function leavesFolder(link: IsoEntry, entries: ReadonlyMap<string, IsoEntry>): boolean {
  if (link.target === undefined) return false;
  const here = link.path.split('/').slice(0, -1);
  const todo = link.target.split('/').reverse();
  if (link.target.startsWith('/')) return true;
  for (let links = 0; ;) {
    const part = todo.pop();
    if (part === undefined) return false;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (here.pop() === undefined) return true;
      continue;
    }
    here.push(part);
    const target = entries.get(here.join('/'))?.target;
    if (target === undefined) continue;
    links += 1;
    if (links > MOST_LINKS) return false;
    if (target.startsWith('/')) return true;
    here.pop();
    todo.push(...target.split('/').reverse());
  }
}
