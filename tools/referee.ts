import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The foreign programs that judge our bytes, and the Debian package that brings each. */
export const debianPackages = {
  xorriso: 'xorriso',
  isoinfo: 'genisoimage',
  genisoimage: 'genisoimage',
  bsdtar: 'libarchive-tools',
  checkisomd5: 'isomd5sum',
  implantisomd5: 'isomd5sum',
  skopeo: 'skopeo',
  umoci: 'umoci',
  buildah: 'buildah',
  nginx: 'nginx-light',
  'docker-registry': 'docker-registry',
  htpasswd: 'apache2-utils',
  openssl: 'openssl',
  'qemu-img': 'qemu-utils',
  mke2fs: 'e2fsprogs',
  'mkfs.ext4': 'e2fsprogs',
  e2fsck: 'e2fsprogs',
  debugfs: 'e2fsprogs',
  'mkfs.vfat': 'dosfstools',
  'fsck.vfat': 'dosfstools',
  mcopy: 'mtools',
  mtype: 'mtools',
  mdir: 'mtools',
  sfdisk: 'fdisk',
  mmdebstrap: 'mmdebstrap',
  newuidmap: 'uidmap',
  lz4: 'lz4',
  'qemu-system-x86_64': 'qemu-system-x86',
  'grub-mkimage': 'grub-common',
  hardlink: 'util-linux',
  zstd: 'zstd',
  gzip: 'gzip',
  xz: 'xz-utils',
  bzip2: 'bzip2',
  tar: 'tar',
  dpkg: 'dpkg',
  'dpkg-deb': 'dpkg',
  'dpkg-query': 'dpkg',
  'apt-get': 'apt',
  gpg: 'gpg',
  getfattr: 'attr',
  setfattr: 'attr',
} as const;

/** Files that machines boot from, and the Debian package that brings each. */
export const debianFiles = {
  '/usr/share/OVMF/OVMF_CODE_4M.fd': 'ovmf',
  '/usr/lib/systemd/boot/efi/systemd-bootx64.efi': 'systemd-boot-efi',
  '/usr/lib/grub/x86_64-efi/modinfo.sh': 'grub-efi-amd64-bin',
} as const;

export type Referee = keyof typeof debianPackages;
export type RefereeFile = keyof typeof debianFiles;

/** The path of a referee program. Throws an Error that names its Debian package where it is not installed. */
export function referee(program: Referee): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  for (const folder of folders) {
    const path = join(folder, program);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  throw new Error(
    `${program} is not installed, and without it this test proves nothing: apt-get install ${debianPackages[program]}`,
  );
}

/** The files for machines that are not here. */
export function missingFiles(): RefereeFile[] {
  return (Object.keys(debianFiles) as RefereeFile[]).filter((file) => !existsSync(file));
}
