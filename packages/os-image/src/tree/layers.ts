import { basename, dirname } from 'node:path/posix';
import type { LayerEntry } from '@ingot/content';
import type { RootTree } from './root-tree.ts';

const whiteout = '.wh.';
/** Deletes all that lower layers have in its folder. */
const opaque = '.wh..wh..opq';

/**
 * Applies a layer to what the ones below it came to. OCI image-spec, layer.md § Applying Changesets: what a layer
 * deletes is only of lower layers, wherever it stands in the tar. Throws what `RootTree.put` throws.
 */
export function applyLayer(tree: RootTree, entries: readonly LayerEntry[]): void {
  const added: LayerEntry[] = [];
  for (const entry of entries) {
    const name = basename(entry.path);
    const parent = dirname(entry.path);
    if (name === opaque) tree.clear(parent === '.' ? '' : parent);
    // Others of this kind are AUFS' own (.wh..wh.plnk, .wh..wh.aufs).
    else if (name.startsWith(`${whiteout}${whiteout}`)) continue;
    else if (name.startsWith(whiteout)) tree.remove(siblingOf(entry.path, name.slice(whiteout.length)));
    else added.push(entry);
  }
  for (const entry of added) tree.put(entry);
}

function siblingOf(path: string, name: string): string {
  const parent = dirname(path);
  return parent === '.' ? name : `${parent}/${name}`;
}
