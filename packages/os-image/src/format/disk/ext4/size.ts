import type { LayerEntry } from '@ingot/content';

/** Of the file system, in bytes: the same on every disk, whatever its size. */
export const blockSize = 4096;
export const inodeSize = 256;

const mebibyte = 1024 * 1024;
const groupBlocks = 8 * blockSize;

/** What a root file system's content takes. */
export interface Needs {
  readonly blocks: number;
  readonly inodes: number;
}

/** The blocks that contents, folders, links and attributes take, and how many inodes. */
export function needsOf(entries: readonly LayerEntry[]): Needs {
  const folders = new Map<string, number>();
  let blocks = 4; // lost+found
  let inodes = 11; // those that ext4 keeps for itself, and lost+found
  for (const entry of entries) {
    const slash = entry.path.lastIndexOf('/');
    const folder = slash < 0 ? '' : entry.path.slice(0, slash);
    folders.set(folder, (folders.get(folder) ?? 0) + recordSize(entry.path.slice(slash + 1)));
    if (entry.type === 'directory') folders.set(entry.path, folders.get(entry.path) ?? 0);
    if (entry.type !== 'hardlink') inodes += 1;
    blocks += contentBlocks(entry) + attributeBlocks(entry);
  }
  // A record crosses no border between blocks: up to a longest one stays empty at the end of each.
  for (const bytes of folders.values()) blocks += Math.max(1, Math.ceil((bytes + 24) / (blockSize - 12 - 264)));
  return { blocks, inodes };
}

/** A directory entry: 8 bytes and the name, to a multiple of 4. */
function recordSize(name: string): number {
  return 8 + Math.ceil(Buffer.byteLength(name) / 4) * 4;
}

function contentBlocks(entry: LayerEntry): number {
  if (entry.type === 'symlink') return Buffer.byteLength(entry.target) < 60 ? 0 : 1;
  if (entry.type !== 'file') return 0;
  const blocks = Math.ceil(entry.size / blockSize);
  // Four extents lie in the inode, each of at most 32,767 blocks and within a group; a block of them holds 340.
  return blocks + Math.ceil(Math.max(0, blocks / groupBlocks - 3) / 300);
}

/** What goes beyond the room in the inode (96 bytes, of which 4 begin it and 4 end it) has a block of its own. */
function attributeBlocks({ xattrs = {} }: LayerEntry): number {
  const sizes = Object.entries(xattrs).map(
    ([name, value]) => 16 + Math.ceil(Buffer.byteLength(name) / 4) * 4 + Math.ceil(value.length / 4) * 4,
  );
  return sizes.reduce((sum, size) => sum + size, 0) > 88 ? 1 : 0;
}

/** How many inodes a file system of `size` bytes gets: mke2fs' usual one for 16 KiB, and some beyond the content. */
export function inodeCount({ inodes }: Needs, size: number): number {
  return Math.max(Math.ceil(inodes * 1.1) + 256, Math.floor(size / 16_384));
}

/** The journal's size in bytes: what mke2fs takes for a file system of `size` bytes (its ext2fs_default_journal_size). */
export function journalSize(size: number): number {
  const blocks = size / blockSize;
  if (blocks < 32_768) return 4 * mebibyte;
  if (blocks < 256 * 1024) return 16 * mebibyte;
  if (blocks < 512 * 1024) return 32 * mebibyte;
  if (blocks < 4096 * 1024) return 64 * mebibyte;
  return 128 * mebibyte;
}

/**
 * The size of a file system, in bytes, a multiple of 1 MiB, that holds the content and leaves `free` bytes. What the file
 * system takes for itself grows with its size: so the size is looked for until it does no more. Up to 2 % more than that
 * can come out, never less.
 */
export function fittedSize(needs: Needs, free: number): number {
  const content = Math.ceil(needs.blocks * 1.005) * blockSize + free;
  let size = content;
  for (;;) {
    const next = Math.ceil((content + overhead(needs, size)) / mebibyte) * mebibyte;
    if (next <= size) return size;
    size = next;
  }
}

/** What ext4 takes for itself in a file system of `size` bytes. */
function overhead(needs: Needs, size: number): number {
  const blocks = Math.ceil(size / blockSize);
  const groups = Math.ceil(blocks / groupBlocks);
  const inodesOfGroup = Math.ceil(inodeCount(needs, size) / groups / 16 + 1) * 16;
  const tables = groups * Math.ceil((inodesOfGroup * inodeSize) / blockSize);
  // Descriptors of 64 bytes for the groups that there are, and for those that it can grow to (1024 times as many).
  const descriptors =
    Math.ceil((groups * 64) / blockSize) + Math.min(1024, Math.ceil((groups * 1024 * 64) / blockSize));
  const copies = Array.from({ length: groups }, (_, group) => group).filter(hasSuperblock).length;
  const own = tables + groups * 2 + copies * (1 + descriptors) + journalSize(size) / blockSize;
  // A last group that would be too small for its own tables is left out; and there are a few blocks here and there.
  return (own + 1024) * blockSize;
}

/** With sparse_super: groups 0, 1 and the powers of 3, 5 and 7. */
function hasSuperblock(group: number): boolean {
  if (group <= 1) return true;
  return [3, 5, 7].some((base) => {
    let power: number = base;
    while (power < group) power *= base;
    return power === group;
  });
}
