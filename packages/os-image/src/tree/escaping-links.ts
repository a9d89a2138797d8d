import { ProjectError } from '@ingot/workspace';
import type { RootTree } from './root-tree.ts';

/**
 * Refuses symbolic links that climb above the root: on a running system they are harmless, but whoever unpacks the root
 * file system somewhere would follow them into the host. Absolute ones are the root's own business, as in every
 * distribution. Throws ProjectError INGOT_ROOTFS_LINK, naming the first ones.
 */
export function refuseEscapingLinks(tree: RootTree): void {
  const escaping: string[] = [];
  for (const [path, inode] of tree.walk()) {
    if (inode.type === 'symlink' && climbs(path, inode.target)) escaping.push(`/${path} → ${inode.target}`);
  }
  if (escaping.length === 0) return;
  const more = escaping.length > 10 ? [`and ${escaping.length - 10} more`] : [];
  throw new ProjectError('INGOT_ROOTFS_LINK', `links lead out of the root file system: ${escaping[0]}`, {
    help: [...escaping.slice(0, 10), ...more, 'let them lead to an absolute path, or to one below the root'].join('\n'),
  });
}

function climbs(path: string, target: string): boolean {
  if (target.startsWith('/')) return false;
  let depth = path.split('/').length - 1;
  for (const name of target.split('/')) {
    if (name === '..') depth -= 1;
    else if (name !== '' && name !== '.') depth += 1;
    if (depth < 0) return true;
  }
  return false;
}
