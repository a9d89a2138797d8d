import { ProjectError } from '@ingot/workspace';
import { crc32c } from './crc32c.ts';

/** What a superblock says. Linux, Documentation/filesystems/ext4/super.rst. Sizes in bytes. */
export interface Superblock {
  readonly blockSize: number;
  readonly blocks: number;
  readonly freeBlocks: number;
  readonly inodes: number;
  readonly freeInodes: number;
  readonly firstBlock: number;
  readonly inodesPerGroup: number;
  readonly inodeSize: number;
  readonly descriptorSize: number;
  readonly uuid: string;
  readonly label: string;
  /** Unmounted, without known errors, and nothing left to replay from the journal. */
  readonly isClean: boolean;
  /** Directory blocks and others carry checksums, which begin with this; undefined: they carry none. */
  readonly checksumSeed: number | undefined;
}

/** In bytes, from the file system's beginning. */
export const superblockAt = 1024;
export const superblockSize = 1024;

const incompat = { recover: 0x4, metaBg: 0x10, is64bit: 0x80, checksumSeed: 0x2000 } as const;
const metadataChecksums = 0x400;

/** Reads the 1024 bytes of a superblock; bytes of anybody. Throws ProjectError INGOT_EXT4. */
export function parseSuperblock(bytes: Buffer): Superblock {
  if (bytes.length < superblockSize || bytes.readUInt16LE(0x38) !== 0xef53) throw noExt4('it has no superblock');
  const u32 = (at: number) => bytes.readUInt32LE(at);
  const features = u32(0x60);
  const is64bit = (features & incompat.is64bit) !== 0;
  const wide = (low: number, high: number) => u32(low) + (is64bit ? u32(high) * 2 ** 32 : 0);
  const hasChecksums = (u32(0x64) & metadataChecksums) !== 0;
  if (hasChecksums && crc32c(0xffffffff, bytes.subarray(0, 0x3fc)) !== u32(0x3fc)) {
    throw noExt4('the checksum of its superblock is wrong');
  }
  const uuid = bytes.subarray(0x68, 0x78);
  const found: Superblock = {
    blockSize: 1024 * 2 ** Math.min(u32(0x18), 10),
    blocks: wide(0x4, 0x150),
    freeBlocks: wide(0xc, 0x158),
    inodes: u32(0),
    freeInodes: u32(0x10),
    firstBlock: u32(0x14),
    inodesPerGroup: u32(0x28),
    inodeSize: bytes.readUInt16LE(0x58),
    descriptorSize: is64bit ? bytes.readUInt16LE(0xfe) : 32,
    uuid: uuid.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    label: bytes.toString('utf8', 0x78, 0x88).replace(/\0.*$/s, ''),
    // Valid, no errors seen; the list of orphans empty.
    isClean: (bytes.readUInt16LE(0x3a) & 3) === 1 && (features & incompat.recover) === 0 && u32(0xe8) === 0,
    checksumSeed: !hasChecksums ? undefined : features & incompat.checksumSeed ? u32(0x270) : crc32c(0xffffffff, uuid),
  };
  check(found, features);
  return found;
}

/** What reading on depends on. */
function check(found: Superblock, features: number): void {
  const { blockSize, inodeSize, inodesPerGroup, descriptorSize, inodes } = found;
  const isSound =
    (features & incompat.metaBg) === 0 &&
    inodeSize >= 128 &&
    inodeSize <= blockSize &&
    descriptorSize >= 32 &&
    descriptorSize <= blockSize &&
    inodesPerGroup > 0 &&
    inodes > 0;
  if (!isSound) throw noExt4('its superblock is of no kind that is known here');
}

export function noExt4(why: string): ProjectError {
  return new ProjectError('INGOT_EXT4', `no sound ext4 file system: ${why}`, {
    help: '`e2fsck -fn` of e2fsprogs says more; build the disk again',
  });
}
