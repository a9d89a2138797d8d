import { accessSync, constants } from 'node:fs';
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
  'mkfs.ext4': 'e2fsprogs',
  hardlink: 'util-linux',
  zstd: 'zstd',
  gzip: 'gzip',
  xz: 'xz-utils',
  tar: 'tar',
} as const;

export type Referee = keyof typeof debianPackages;

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
