import { lstat, readdir, readlink } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Stats } from 'node:fs';
import type { LayerEntry } from '@ingot/content';
import { ProjectError, runProgram } from '@ingot/workspace';

export interface FolderOptions {
  /** Who builds; what belongs to them belongs to root in the image. Default: this process. */
  readonly user?: number;
  readonly group?: number;
  readonly signal?: AbortSignal;
  /** Something that the author should know, a line. */
  readonly note: (text: string) => void;
}

type Xattrs = Readonly<Record<string, Uint8Array>>;

/**
 * All that a folder holds, as entries: links not followed, files with several names as hard links, devices as they are,
 * no other file system entered, no sockets. What belongs to the builder belongs to root, or root's build and theirs would
 * differ. Throws ProjectError INGOT_ROOTFS_READ.
 */
export async function readFolder(folder: string, options: FolderOptions): Promise<LayerEntry[]> {
  const attributes = await readAttributes(folder, options);
  const { dev } = await lstat(folder);
  const entries: LayerEntry[] = [];
  const firstNames = new Map<bigint, string>();
  const visit = async (below: string): Promise<void> => {
    for (const name of (await readdir(join(folder, below))).sort()) {
      options.signal?.throwIfAborted();
      const path = below === '' ? name : `${below}/${name}`;
      const stats = await lstat(join(folder, path));
      const common = commonOf(path, stats, attributes.get(path), options);
      if (stats.isFile() && stats.nlink > 1) {
        const { ino } = await lstat(join(folder, path), { bigint: true });
        const first = firstNames.get(ino);
        if (first !== undefined) {
          entries.push({ ...common, type: 'hardlink', target: first });
          continue;
        }
        firstNames.set(ino, path);
      }
      const entry = await entryOf(join(folder, path), stats, common);
      if (entry) entries.push(entry);
      if (stats.isDirectory() && stats.dev === dev) await visit(path);
    }
  };
  try {
    await visit('');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    throw new ProjectError('INGOT_ROOTFS_READ', `cannot read the folder: ${(cause as Error).message}`, {
      path: folder,
      help: 'a folder with files of others is read by root only: let what makes it write a tar',
      cause,
    });
  }
  return entries;
}

function commonOf(path: string, stats: Stats, xattrs: Xattrs | undefined, options: FolderOptions) {
  const { user = process.getuid?.() ?? 0, group = process.getgid?.() ?? 0 } = options;
  const { uid, gid } = stats;
  return {
    path,
    mode: stats.mode & 0o7777,
    uid: uid === user ? 0 : uid,
    gid: gid === group ? 0 : gid,
    mtime: Math.max(0, Math.floor(stats.mtimeMs / 1000)),
    ...(xattrs ? { xattrs } : {}),
  };
}

async function entryOf(
  path: string,
  stats: Stats,
  common: ReturnType<typeof commonOf>,
): Promise<LayerEntry | undefined> {
  if (stats.isDirectory()) return { ...common, type: 'directory' };
  if (stats.isSymbolicLink()) return { ...common, type: 'symlink', target: await readlink(path) };
  if (stats.isFIFO()) return { ...common, type: 'fifo' };
  if (stats.isCharacterDevice()) return { ...common, type: 'character', ...device(BigInt(stats.rdev)) };
  if (stats.isBlockDevice()) return { ...common, type: 'block', ...device(BigInt(stats.rdev)) };
  if (!stats.isFile()) return undefined;
  const { size } = stats;
  return { ...common, type: 'file', size, content: { path, offset: 0, size } };
}

/** As Linux packs them (glibc, sys/sysmacros.h). */
function device(rdev: bigint): { major: number; minor: number } {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & ~0xffn);
  return { major: Number(major), minor: Number(minor) };
}

/** File capabilities and the author's own attributes; Node reads none. */
async function readAttributes(folder: string, { note, signal }: FolderOptions): Promise<Map<string, Xattrs>> {
  const found = new Map<string, Record<string, Uint8Array>>();
  let current: Record<string, Uint8Array> = {};
  const args = [
    '-R',
    '-P',
    '-h',
    '-d',
    '-e',
    'hex',
    '--absolute-names',
    '-m',
    '^(security\\.capability|user\\.)',
    folder,
  ];
  const onLine = (line: string): void => {
    const file = /^# file: (.*)$/.exec(line)?.[1];
    if (file !== undefined) found.set(relative(folder, unescaped(file)), (current = {}));
    const [, name, value] = /^([a-z]+\.[^=]+)=0x([0-9a-f]*)$/.exec(line) ?? [];
    if (name !== undefined) current[name] = Buffer.from(value!, 'hex');
  };
  const ended = await runProgram('getfattr', args, { onLine, ...(signal ? { signal } : {}) });
  if (ended === undefined)
    note('getfattr is not installed (Debian: attr): capabilities of files in the folder are lost');
  return found;
}

/** getfattr(1) writes what is not printable, and the backslash, in octal. */
function unescaped(path: string): string {
  const bytes = Buffer.from(path, 'utf8').toString('latin1');
  const plain = bytes.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
  return Buffer.from(plain, 'latin1').toString('utf8');
}
