import type { LayerEntry } from '@ingot/content';

/** A file system's entry, the inode that it has there, and where the values of its attributes lie. */
export interface Placed {
  readonly entry: LayerEntry;
  readonly inode: number;
  /** Names of files of the values, by attribute. */
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Seconds of the last moment that e2fsck believes, in 2310: what ext4 can say beyond it, old kernels wrote for times
 * before 1970 (e2fsck, "Timestamp(s) … are likely pre-1970").
 */
const latest = 2.5 * 2 ** 32 - 1;

const typeBits = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  character: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
} as const;

/**
 * Lines for `debugfs -w -f` that give an inode what mke2fs could not take from files of an ordinary user: attributes,
 * type, mode, owner and times; and what of the host must not stay. Inodes are named by number, so that no file's name has
 * to be written here.
 */
export function inodeLines({ entry, inode, values }: Placed, time: number): readonly string[] {
  const at = `<${inode}>`;
  const fields: [string, string | number][] = [
    ['mode', `0${((entry.type === 'hardlink' ? typeBits.file : typeBits[entry.type]) | entry.mode).toString(8)}`],
    ['uid', entry.uid],
    ['gid', entry.gid],
    ...times(entry.mtime ?? time, time),
    ...special(entry),
  ];
  return [
    ...[...values].map(([name, file]) => `ea_set -f ${file} ${at} ${quoted(name)}`),
    ...fields.map(([field, value]) => `sif ${at} ${field} ${value}`),
  ];
}

/** An entry for the file system's root, which no tar's entries have. */
export function rootLines(time: number): readonly string[] {
  const entry: LayerEntry = { type: 'directory', path: '', mode: 0o755, uid: 0, gid: 0 };
  return inodeLines({ entry, inode: 2, values: new Map() }, time);
}

/** Only the content's time is the author's; when an inode was read, changed and made is nobody's matter. */
function times(modified: number, time: number): [string, string | number][] {
  const seconds = Math.min(modified, latest);
  // Linux, Documentation/filesystems/ext4/inodes.rst § Inode Timestamps: bits 32 and 33, from 1901, no nanoseconds.
  const epoch = (value: number) => Math.floor((value + 2 ** 31) / 2 ** 32);
  return [
    // What of the host's nanoseconds came along must not stay, either.
    ['mtime', `@${seconds}`],
    ['mtime_extra', epoch(seconds)],
    ...['atime', 'ctime', 'crtime'].flatMap((name): [string, string | number][] => [
      [name, `@${time}`],
      [`${name}_extra`, epoch(time)],
    ]),
  ];
}

/** The empty file that stands for a device or pipe has no extents; a device has its number in their place. */
function special(entry: LayerEntry): [string, string | number][] {
  if (entry.type !== 'character' && entry.type !== 'block' && entry.type !== 'fifo') return [];
  const [first, second] = entry.type === 'fifo' ? [0, 0] : deviceNumber(entry.major, entry.minor);
  return [
    ['flags', 0],
    ['block[0]', first],
    ['block[1]', second],
    ['block[2]', 0],
  ];
}

/** Linux, fs/ext4/inode.c: old numbers of 8 and 8 bits in the first word, those of 12 and 20 in the second. */
function deviceNumber(major: number, minor: number): [number, number] {
  if (major < 256 && minor < 256) return [major * 256 + minor, 0];
  return [0, (minor & 0xff) + major * 256 + (minor >> 8) * 2 ** 20];
}

/** As libss reads it: `""` is a quote within quotes. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
