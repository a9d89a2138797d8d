import type { FileHandle } from 'node:fs/promises';
import { writeAt } from '../write-at.ts';
import { crc32c } from './crc32c.ts';
import type { Ext4, Name } from './read.ts';

/** What a name becomes: 3 character device, 4 block device, 5 pipe. */
export interface Retyped {
  readonly name: Name;
  readonly type: 3 | 4 | 5;
}

/**
 * Says in the directories what is a device or a pipe: names carry their inode's type (feature filetype), and debugfs
 * alters inodes only. The checksum of each block is made anew: Linux, Documentation/filesystems/ext4/directory.rst.
 * `offset`: where in `disk` the file system begins, in bytes.
 */
export async function retype(disk: FileHandle, offset: number, ext4: Ext4, names: readonly Retyped[]): Promise<void> {
  const { blockSize, checksumSeed } = ext4.superblock;
  const blocks = Map.groupBy(names, ({ name }) => name.block);
  for (const [block, here] of blocks) {
    const bytes = Buffer.alloc(blockSize);
    await disk.read(bytes, 0, blockSize, offset + block);
    for (const { name, type } of here) bytes[name.record + 7] = type;
    if (checksumSeed !== undefined) {
      const directory = here[0]!.name.directory;
      const numbers = Buffer.alloc(8);
      numbers.writeUInt32LE(directory, 0);
      numbers.writeUInt32LE((await ext4.inode(directory)).generation, 4);
      // The last twelve bytes look like an empty entry and hold the sum.
      const sum = crc32c(crc32c(checksumSeed, numbers), bytes.subarray(0, blockSize - 12));
      bytes.writeUInt32LE(sum, blockSize - 4);
    }
    await writeAt(disk, bytes, offset + block);
  }
}
