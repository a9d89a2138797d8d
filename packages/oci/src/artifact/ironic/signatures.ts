import type { Guest } from './guest.ts';

/** What a file begins with, by name. Those of the disk formats are what `qemu-img info` goes by. */
const diskFormats: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['qcow2', 0, 'QFI\xfb'],
  ['qed', 0, 'QED\0'],
  ['vmdk', 0, 'KDMV'],
  ['vmdk', 0, 'COWD'],
  ['vmdk', 0, '# Disk DescriptorFile'],
  ['vhd', 0, 'conectix'],
  ['vhdx', 0, 'vhdxfile'],
  ['vdi', 64, '\x7f\x10\xda\xbe'],
];

const compressions: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['gzip', 0, '\x1f\x8b\x08'],
  ['zstd', 0, '\x28\xb5\x2f\xfd'],
  ['xz', 0, '\xfd7zXZ\0'],
  ['bzip2', 0, 'BZh'],
  ['lz4', 0, '\x04\x22\x4d\x18'],
];

/** What a partition holds rather than a disk. */
const contents: readonly (readonly [name: string, offset: number, bytes: string])[] = [
  ['an ext2, ext3 or ext4 file system', 1080, '\x53\xef'],
  ['an XFS file system', 0, 'XFSB'],
  ['a Btrfs file system', 0x10040, '_BHRfS_M'],
  ['a squashfs file system', 0, 'hsqs'],
  ['an EROFS file system', 1024, '\xe2\xe1\xf5\xe0'],
  ['an NTFS file system', 3, 'NTFS    '],
  ['an exFAT file system', 3, 'EXFAT   '],
  ['a FAT file system', 54, 'FAT'],
  ['a FAT file system', 82, 'FAT'],
  ['an ISO 9660 file system', 0x8001, 'CD001'],
  ['a LUKS volume', 0, 'LUKS\xba\xbe'],
  ['an LVM volume', 0x218, 'LVM2 001'],
];

/** The format of a disk image that is not raw, by its first bytes. */
export const diskFormat = (file: Guest) => firstOf(diskFormats, file);

/** How a whole file is compressed. */
export const compression = (file: Guest) => firstOf(compressions, file);

/** What lies on a disk that has no partitions, with its article. */
export const content = (guest: Guest) => firstOf(contents, guest);

async function firstOf(signatures: typeof contents, file: Guest): Promise<string | undefined> {
  for (const [name, offset, text] of signatures) {
    const bytes = Buffer.from(text, 'latin1');
    if ((await file.read(offset, bytes.length)).equals(bytes)) return name;
  }
  return undefined;
}
