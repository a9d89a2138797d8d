import { mkdir, open, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { LayerEntry } from '@ingot/content';
import { ProjectError } from '@ingot/workspace';
import { readAt } from '../read-at.ts';
import type { Run } from '../toolbox.ts';
import { retype, type Retyped } from './file-types.ts';
import { Ext4 } from './read.ts';
import { inodeLines, rootLines, type Placed } from './script.ts';
import { blockSize, inodeCount, inodeSize, journalSize, type Needs } from './size.ts';
import type { Superblock } from './superblock.ts';
import { isSpecial } from './unpack.ts';

export interface Ext4Options {
  /** The toolbox's folder; `disk`, `content` and `scratch` are relative to it. */
  readonly folder: string;
  /** The file to write into, and where, in bytes. */
  readonly disk: string;
  readonly offset: number;
  readonly size: number;
  readonly label: string;
  readonly uuid: string;
  readonly hashSeed: string;
  readonly time: number;
  readonly entries: readonly LayerEntry[];
  readonly needs: Needs;
  /** Where the entries are unpacked. */
  readonly content: string;
  /** An empty folder for our own. */
  readonly scratch: string;
}

/** What every Linux and every GRUB of the last ten years reads: without orphan_file and metadata_csum_seed of 2023. */
const features = [
  'has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg',
  'sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum',
].join();

/** Stands for the host's mke2fs.conf, which would say what a file system is like. */
const configuration =
  '[defaults]\n\tdefault_mntopts = acl,user_xattr\n\tenable_periodic_fsck = 0\n[fs_types]\n\text4 = {\n\t}\n';

/** Thrown where the content does not go into the size that was given. */
export class Ext4Full extends Error {}

/**
 * Writes an ext4 file system into its place in a disk, without mounting and without being root: mke2fs takes names and
 * contents from the unpacked tree, debugfs gives each inode what only root could have given the files. Answers what it
 * says of itself. Throws Ext4Full, ProjectErrors of the toolbox and INGOT_EXT4.
 */
export async function makeExt4(run: Run<'mke2fs' | 'debugfs'>, options: Ext4Options): Promise<Superblock> {
  await makeEmpty(run, options);
  const path = join(options.folder, options.disk);
  const disk = await open(path, 'r+');
  try {
    const ext4 = await Ext4.open((position, length) => readAt(disk, options.offset + position, length));
    await runScript(run, await settle(disk, ext4, options), options);
    return (await Ext4.open((position, length) => readAt(disk, options.offset + position, length))).superblock;
  } finally {
    await disk.close();
  }
}

async function makeEmpty(run: Run<'mke2fs'>, options: Ext4Options): Promise<void> {
  const { disk, offset, size, label, uuid, hashSeed, needs, content, scratch, folder } = options;
  await writeFile(join(folder, scratch, 'mke2fs.conf'), configuration);
  const extended = [
    `offset=${offset}`,
    `hash_seed=${hashSeed}`,
    // The tables are marked as zeroed, so that no machine does it again; the journal is zeros in a file that was empty.
    'lazy_itable_init=0,lazy_journal_init=1,nodiscard,no_copy_xattrs,root_owner=0:0',
  ];
  const args = [
    ['-q', '-F', '-t', 'ext4', '-O', `none,${features}`, '-E', extended.join()],
    ['-b', String(blockSize), '-I', String(inodeSize), '-N', String(inodeCount(needs, size)), '-m', '0'],
    ['-J', `size=${journalSize(size) / 2 ** 20}`, '-L', label, '-U', uuid, '-d', content],
    [disk, `${Math.floor(size / 1024)}k`],
  ];
  try {
    await run('mke2fs', args.flat(), { env: { MKE2FS_CONFIG: join(scratch, 'mke2fs.conf') } });
  } catch (error) {
    throw isFull(error) ? new Ext4Full() : error;
  }
}

/** What libext2fs says where a file system has no room, or is too small to be one. */
function isFull(error: unknown): boolean {
  return (
    error instanceof ProjectError &&
    error.code === 'INGOT_TOOL_FAILED' &&
    /Could not allocate (block|inode) in ext2|Filesystem too small|[Nn]ot enough (space|room)|too (big|large) for (this )?filesystem/.test(
      error.message,
    )
  );
}

/** Says what is special in the folders, and writes what debugfs is to do with each inode. Answers the script's name. */
async function settle(disk: FileHandle, ext4: Ext4, options: Ext4Options): Promise<string> {
  const special = new Map(options.entries.filter(isSpecial).map((entry) => [entry.path, entry]));
  const retyped: Retyped[] = [];
  const inodes = new Map<string, number>();
  for await (const name of ext4.names()) {
    inodes.set(name.path, name.inode);
    const entry = special.get(name.path);
    if (entry) retyped.push({ name, type: entry.type === 'character' ? 3 : entry.type === 'block' ? 4 : 5 });
  }
  await retype(disk, options.offset, ext4, retyped);
  const script = join(options.scratch, 'debugfs.script');
  await writeFile(join(options.folder, script), inPieces(scriptOf(inodes, options)));
  return script;
}

async function* scriptOf(inodes: ReadonlyMap<string, number>, options: Ext4Options): AsyncGenerator<string> {
  yield* rootLines(options.time);
  yield* inodeLines(lostAndFound, options.time);
  for (const entry of options.entries) {
    const inode = inodes.get(entry.path);
    if (inode === undefined) throw leftOut(entry);
    if (entry.type === 'hardlink') continue;
    const values = await writeValues(entry, inode, options);
    yield* inodeLines({ entry, inode, values }, options.time);
  }
}

/** Lines as text of some 64 KiB at a time. */
async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let piece = '';
  for await (const line of lines) {
    piece += `${line}\n`;
    if (piece.length < 65_536) continue;
    yield piece;
    piece = '';
  }
  yield piece;
}

function leftOut({ path }: LayerEntry): ProjectError {
  return new ProjectError('INGOT_EXT4', `mke2fs has left out ${JSON.stringify(path)}`, {
    help: 'its version may not know such names: rename it, or use another e2fsprogs (1.47.0 is known to work)',
  });
}

/** mke2fs makes it; an entry of that name comes later and wins. */
const lostAndFound: Placed = {
  entry: { type: 'directory', path: 'lost+found', mode: 0o700, uid: 0, gid: 0 },
  inode: 11,
  values: new Map(),
};

/** debugfs takes values of attributes from files, since they may hold anything. In the order of their names. */
async function writeValues(
  entry: LayerEntry,
  inode: number,
  { folder, scratch }: Ext4Options,
): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const named = Object.entries(entry.xattrs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [i, [name, value]] of named.entries()) {
    await mkdir(join(folder, scratch, 'values'), { recursive: true });
    const file = join(scratch, 'values', `${inode}-${i}`);
    await writeFile(join(folder, file), value);
    files.set(name, file);
  }
  return files;
}

async function runScript(run: Run<'debugfs'>, script: string, options: Ext4Options): Promise<void> {
  const { folder, scratch, disk, offset } = options;
  // debugfs exits with 0 whatever goes wrong: all that it says but its name and the commands is a complaint.
  const isComplaint = (line: string) => line !== '' && !/^debugfs( |: (sif|ea_set) )/.test(line);
  await run('debugfs', ['-w', '-f', script, `${disk}?offset=${offset}`], { isComplaint });
  await rm(join(folder, scratch, 'values'), { recursive: true, force: true });
}
