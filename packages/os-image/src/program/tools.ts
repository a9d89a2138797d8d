import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ProjectError, type Place } from '@ingot/workspace';

/** The programs that builders and formats run, and the Debian package that brings each. */
export const packages = {
  mmdebstrap: 'mmdebstrap',
  'dpkg-query': 'dpkg',
  'apt-get': 'apt',
  lz4: 'lz4',
  xz: 'xz-utils',
  tar: 'tar',
  'mkfs.ext4': 'e2fsprogs',
  mke2fs: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  resize2fs: 'e2fsprogs',
  'mkfs.vfat': 'dosfstools',
  mcopy: 'mtools',
  mmd: 'mtools',
  mdir: 'mtools',
  sfdisk: 'fdisk',
  'qemu-img': 'qemu-utils',
  'qemu-system-x86_64': 'qemu-system-x86',
  'qemu-system-aarch64': 'qemu-system-arm',
  'grub-mkimage': 'grub-common',
} as const;

export type Tool = keyof typeof packages;

/** Where Debian keeps the tools of administrators, which are not on everybody's PATH. */
const administrators = ['/usr/sbin', '/sbin', '/usr/local/sbin'];

/**
 * The paths of programs, all of them looked for before anything begins. Throws ProjectError INGOT_TOOL_MISSING, which
 * names all that are not there, and the packages that bring them.
 */
export async function requireTools<T extends Tool>(
  tools: readonly T[],
  place?: Place,
): Promise<Readonly<Record<T, string>>> {
  const found = await Promise.all(tools.map(async (tool) => [tool, await findTool(tool)] as const));
  const missing = found.filter(([, path]) => path === undefined).map(([tool]) => tool);
  if (missing.length === 0) return Object.fromEntries(found) as Record<T, string>;
  const wanted = [...new Set(missing.map((tool) => packages[tool]))].sort();
  throw new ProjectError('INGOT_TOOL_MISSING', `not installed: ${missing.join(', ')}`, {
    ...(place ? { place } : {}),
    help: `Debian: apt-get install ${wanted.join(' ')}`,
  });
}

/** The path of a program on PATH or among the administrators' tools. */
export async function findTool(tool: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter((each) => each !== ''), ...administrators];
  for (const folder of folders) {
    const path = join(folder, tool);
    if (await canRun(path)) return path;
  }
  return undefined;
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}
