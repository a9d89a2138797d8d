import { guessFormat } from '../verify/guess-format.ts';
import type { BundleTree, TreeEntry } from '../tree/tree.ts';
import { configsFolder, configsLabel } from './catalog-files.ts';

/**
 * Where a tree has its catalog. An image says it by its label; a folder of the disk, which has none, by files that have a
 * package in them: in `configs`, else in its one folder that has some, else wherever they lie. Undefined where it is none.
 */
export function catalogFolder(tree: BundleTree): string | undefined {
  if (tree.labels !== undefined) {
    const label = Object.hasOwn(tree.labels, configsLabel) ? tree.labels[configsLabel] : undefined;
    return label === undefined ? undefined : folderOf(label);
  }
  if (guessFormat(tree) !== undefined) return undefined;
  const folders = new Set([...tree.entries.values()].filter(hasPackage).map(({ path }) => topFolder(path)));
  const configs = folderOf(configsFolder);
  if (folders.has(configs)) return configs;
  const [first, ...others] = folders;
  return others.length === 0 ? first : '';
}

function folderOf(label: string): string {
  const names = label.split('/').filter((name) => name !== '' && name !== '.');
  return names.join('/');
}

function topFolder(path: string): string {
  return path.slice(0, Math.max(0, path.indexOf('/')));
}

/** As YAML is written, or JSON. */
function hasPackage(entry: TreeEntry): boolean {
  if (entry.type !== 'file' || entry.content === undefined) return false;
  const bytes = Buffer.from(entry.content.buffer, entry.content.byteOffset, entry.content.byteLength);
  if (!bytes.includes('olm.package')) return false;
  return /^schema:[ \t]+(["']?)olm\.package\1[ \t]*\r?$|"schema"\s*:\s*"olm\.package"/m.test(bytes.toString('utf8'));
}
