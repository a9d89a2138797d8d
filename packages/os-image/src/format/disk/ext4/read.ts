import { noExt4, parseSuperblock, superblockAt, superblockSize, type Superblock } from './superblock.ts';

/** Reads bytes of the file system; fewer at its end. */
export type Read = (position: number, length: number) => Promise<Buffer>;

/** A name in a folder. */
export interface Name {
  /** From the root, `/` between names, none at either end. */
  readonly path: string;
  readonly inode: number;
  /** 1 file, 2 directory, 3 character, 4 block, 5 pipe, 6 socket, 7 link. */
  readonly type: number;
  /** The directory that it is in, the block there, and where the name's record begins in that block, all in bytes. */
  readonly directory: number;
  readonly block: number;
  readonly record: number;
}

export interface Inode {
  readonly mode: number;
  readonly size: number;
  readonly flags: number;
  readonly generation: number;
  /** i_block: extents, numbers of blocks, or a short link's target. */
  readonly content: Buffer;
}

const rootInode = 2;
const extentsFlag = 0x80000;
/** Directories of one file system, and entries below one: more is no root file system. */
const MOST = 10_000_000;

/** An ext4 file system, as far as names and inodes go; bytes of anybody. Linux, Documentation/filesystems/ext4. */
export class Ext4 {
  readonly superblock: Superblock;
  readonly #read: Read;
  readonly #tables = new Map<number, number>();

  /** Throws ProjectError INGOT_EXT4. */
  static async open(read: Read): Promise<Ext4> {
    return new Ext4(read, parseSuperblock(await read(superblockAt, superblockSize)));
  }

  private constructor(read: Read, superblock: Superblock) {
    this.#read = read;
    this.superblock = superblock;
  }

  /** Throws ProjectError INGOT_EXT4. */
  async inode(number: number): Promise<Inode> {
    const { inodes, inodesPerGroup, inodeSize } = this.superblock;
    if (number < 1 || number > inodes) throw noExt4(`it has no inode ${number}`);
    const table = await this.#tableOf(Math.floor((number - 1) / inodesPerGroup));
    const bytes = await this.#exactly(table + ((number - 1) % inodesPerGroup) * inodeSize, 128);
    return {
      mode: bytes.readUInt16LE(0),
      size: bytes.readUInt32LE(0x4) + bytes.readUInt32LE(0x6c) * 2 ** 32,
      flags: bytes.readUInt32LE(0x20),
      generation: bytes.readUInt32LE(0x64),
      content: Buffer.from(bytes.subarray(0x28, 0x64)),
    };
  }

  /** Every name, folders before what is in them. Throws ProjectError INGOT_EXT4. */
  async *names(): AsyncGenerator<Name, void, undefined> {
    const seen = new Set([rootInode]);
    const queue: { readonly inode: number; readonly path: string }[] = [{ inode: rootInode, path: '' }];
    let count = 0;
    for (const folder of queue) {
      for await (const name of this.#namesIn(folder.inode, folder.path === '' ? '' : `${folder.path}/`)) {
        if (++count > MOST) throw noExt4('it has too many names');
        yield name;
        if (name.type !== 2) continue;
        if (seen.has(name.inode)) throw noExt4(`its folder ${JSON.stringify(name.path)} is in two places`);
        seen.add(name.inode);
        queue.push(name);
      }
    }
  }

  /** The directory entries, linear or hashed alike: a hashed one looks empty to who reads it linearly. */
  async *#namesIn(directory: number, prefix: string): AsyncGenerator<Name, void, undefined> {
    const { blockSize } = this.superblock;
    for (const block of await this.#blocksOf(await this.inode(directory))) {
      const bytes = await this.#exactly(block, blockSize);
      for (let record = 0; record + 8 <= blockSize;) {
        const inode = bytes.readUInt32LE(record);
        const length = bytes.readUInt16LE(record + 4);
        const nameLength = bytes[record + 6]!;
        if (length < 8 + nameLength || record + length > blockSize) throw noExt4('a directory block of it is broken');
        const name = bytes.toString('utf8', record + 8, record + 8 + nameLength);
        if (inode !== 0 && name !== '.' && name !== '..') {
          yield { path: prefix + name, inode, type: bytes[record + 7]!, directory, block, record };
        }
        record += length;
      }
    }
  }

  /** Where the blocks of a directory lie, in bytes. */
  async #blocksOf({ flags, content, size, mode }: Inode): Promise<readonly number[]> {
    if ((mode & 0xf000) !== 0x4000) throw noExt4('a folder of it is none');
    if ((flags & extentsFlag) === 0) throw noExt4('a folder of it has no extents');
    const blocks: number[] = [];
    const most = size / this.superblock.blockSize;
    const collect = async (node: Buffer, depth: number): Promise<void> => {
      if (depth > 5 || node.readUInt16LE(0) !== 0xf30a) throw noExt4('the extents of a folder are broken');
      const count = Math.min(node.readUInt16LE(2), Math.floor(node.length / 12) - 1);
      for (let at = 12; at < 12 * (count + 1); at += 12) {
        if (node.readUInt16LE(6) > 0) {
          const child = node.readUInt32LE(at + 4) + node.readUInt16LE(at + 8) * 2 ** 32;
          await collect(await this.#exactly(child * this.superblock.blockSize, this.superblock.blockSize), depth + 1);
          continue;
        }
        const first = node.readUInt16LE(at + 6) * 2 ** 32 + node.readUInt32LE(at + 8);
        for (let i = 0; i < node.readUInt16LE(at + 4) % 0x8000; i++) {
          if (blocks.length >= most) throw noExt4('a folder of it has more blocks than its size allows');
          blocks.push((first + i) * this.superblock.blockSize);
        }
      }
    };
    await collect(content, 0);
    return blocks;
  }

  /** Where a group's inodes begin, in bytes. */
  async #tableOf(group: number): Promise<number> {
    const there = this.#tables.get(group);
    if (there !== undefined) return there;
    const { blockSize, firstBlock, descriptorSize } = this.superblock;
    const bytes = await this.#exactly((firstBlock + 1) * blockSize + group * descriptorSize, descriptorSize);
    const block = bytes.readUInt32LE(8) + (descriptorSize >= 64 ? bytes.readUInt32LE(0x28) * 2 ** 32 : 0);
    this.#tables.set(group, block * blockSize);
    return block * blockSize;
  }

  async #exactly(position: number, length: number): Promise<Buffer> {
    const { blocks, blockSize } = this.superblock;
    if (position + length <= blocks * blockSize) {
      const bytes = await this.#read(position, length);
      if (bytes.length === length) return bytes;
    }
    throw noExt4('it points out of itself');
  }
}
