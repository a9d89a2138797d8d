import { basename } from 'node:path/posix';
import type { FileSpan } from '@ingot/content';
import { ProjectError, type Place } from '@ingot/workspace';
import type { OsImageDescription } from '../../description/description.ts';
import type { RootTree } from '../../tree/root-tree.ts';

/** A file of the root file system that a machine boots by. */
export interface BootContent {
  /** Where it lies in there, absolute. */
  readonly source: string;
  readonly content: FileSpan | Uint8Array;
}

/**
 * The kernel of a root file system: what `kernel:` names, else the only /boot/vmlinuz-*, else what the link /vmlinuz
 * leads to. Undefined: none. Throws ProjectError INGOT_ROOTFS_KERNELS (several), INGOT_ROOTFS_NO_KERNEL (not where it is said to be).
 */
export function findKernel(
  tree: RootTree,
  description: Pick<OsImageDescription, 'kernel' | 'place'>,
): BootContent | undefined {
  const { kernel, place } = description;
  if (kernel !== undefined) return named(tree, kernel, 'kernel', place(['kernel']));
  const found = filesMatching(tree, /^vmlinu[xz]-(?!.*rescue)/);
  if (found.length > 1) throw several('kernel', found, place(['kernel']));
  return found[0] ?? fileAt(tree, '/vmlinuz') ?? fileAt(tree, '/boot/vmlinuz');
}

/**
 * The initramfs of the kernel: what `initrd:` names, else the one of its version as Debian (initrd.img-V), Fedora
 * (initramfs-V.img) or SUSE (initrd-V) call it, else what the link /initrd.img leads to. Undefined: none. Throws
 * ProjectError INGOT_ROOTFS_KERNELS, INGOT_ROOTFS_NO_KERNEL.
 */
export function findInitrd(
  tree: RootTree,
  kernel: BootContent | undefined,
  description: Pick<OsImageDescription, 'initrd' | 'place'>,
): BootContent | undefined {
  const { initrd, place } = description;
  if (initrd !== undefined) return named(tree, initrd, 'initrd', place(['initrd']));
  const version = kernel && /^vmlinu[xz]-(.+)$/.exec(basename(kernel.source))?.[1];
  if (version !== undefined) {
    const names = [
      `initrd.img-${version}`,
      `initramfs-${version}.img`,
      `initrd-${version}`,
      `initrd-${version}.img`,
      `initramfs-${version}`,
    ];
    for (const name of names) {
      const found = fileAt(tree, `/boot/${name}`);
      if (found) return found;
    }
    // Another kernel's modules are of no use to this one.
    return undefined;
  }
  const found = filesMatching(tree, /^init(rd|ramfs)[.-](?!.*(rescue|kdump))/);
  if (found.length > 1) throw several('initrd', found, place(['initrd']));
  return found[0] ?? fileAt(tree, '/initrd.img') ?? fileAt(tree, '/boot/initrd.img');
}

function named(tree: RootTree, pattern: string, key: 'kernel' | 'initrd', place: Place): BootContent {
  const found = [...tree.walk()]
    .filter(([path]) => matches(pattern, path))
    .flatMap(([path]) => fileAt(tree, `/${path}`) ?? []);
  const distinct = found.filter(({ source }, i) => found.findIndex((each) => each.source === source) === i);
  if (distinct.length > 1) throw several(key, distinct, place);
  if (distinct[0]) return distinct[0];
  throw new ProjectError('INGOT_ROOTFS_NO_KERNEL', `${key}: no file ${pattern} is in the root file system`, {
    place,
    help: `in /boot there are: ${tree.list('boot').join(', ') || 'no files'}`,
  });
}

/** `*` and `?` stand for what is within a name. */
function matches(pattern: string, path: string): boolean {
  const literal = pattern.replace(/^\//, '').replaceAll(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '[^/]*').replaceAll('?', '[^/]')}$`).test(path);
}

function filesMatching(tree: RootTree, name: RegExp): BootContent[] {
  const found = tree
    .list('boot')
    .filter((each) => name.test(each))
    .flatMap((each) => fileAt(tree, `/boot/${each}`) ?? []);
  return found.filter(({ source }, i) => found.findIndex((each) => each.source === source) === i);
}

function fileAt(tree: RootTree, path: string): BootContent | undefined {
  const found = tree.find(path);
  return found?.inode.type === 'file' ? { source: `/${found.path}`, content: found.inode.content } : undefined;
}

function several(key: 'kernel' | 'initrd', found: readonly BootContent[], place: Place): ProjectError {
  return new ProjectError('INGOT_ROOTFS_KERNELS', `${found.length} files could be the ${key}`, {
    place,
    help: [
      `name one, e.g. \`${key}: ${found[0]!.source}\`, or install one only:`,
      ...found.map(({ source }) => `  ${source}`),
    ].join('\n'),
  });
}
