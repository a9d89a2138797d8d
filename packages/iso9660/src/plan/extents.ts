import { sectorsFor } from '../record/sector.ts';
import type { IsoPlanExtent } from './plan.ts';
import { filesOf } from './tree.ts';
import type { DirectoryNode } from './tree.ts';

/**
 * One extent for each content, in the order of the tree, from sector 0 on; files of equal key and size share theirs.
 * Sets the files' `extent`.
 */
export function collectExtents(tree: DirectoryNode): { extents: IsoPlanExtent[]; sectors: number } {
  const byKey = new Map<string, IsoPlanExtent>();
  const extents: IsoPlanExtent[] = [];
  let sector = 0;
  for (const file of filesOf(tree)) {
    const { size, content, digest, key = digest } = file.input;
    const identity = key === undefined ? undefined : `${size}:${digest ?? ''}:${key}`;
    file.extent = identity === undefined ? undefined : byKey.get(identity);
    if (file.extent !== undefined) continue;
    file.extent = { path: file.path, sector, size, content, ...(digest === undefined ? {} : { digest }) };
    if (identity !== undefined) byKey.set(identity, file.extent);
    extents.push(file.extent);
    sector += sectorsFor(size);
  }
  return { extents, sectors: sector };
}
