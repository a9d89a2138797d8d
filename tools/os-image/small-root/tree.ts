import type { LayerEntry } from '@ingot/content';
import type { DebianPackages } from './debian.ts';
import { modulesDep, type KernelModule } from './modules.ts';

const owner = { uid: 0, gid: 0 };

/** The applets that a person or an installer expects to find. */
const applets = (
  '[ awk base64 basename blkid cat chgrp chmod chown chroot cmp cp cut date dd df diff dirname dmesg du echo env expr ' +
  'false find findfs grep gunzip gzip halt head hexdump hostname id insmod ip kill killall ln ls lsmod md5sum mkdir ' +
  'mknod mktemp modprobe mount mv od passwd ping poweroff printf ps pwd readlink realpath reboot rm rmdir sed seq sh ' +
  'sha256sum sleep sort stat sync tail tar tee test touch tr true tty umount uname uniq vi wc which xargs'
).split(' ');

export const osRelease = `PRETTY_NAME="Small GNU/Linux 12"
NAME="Small"
ID=small
ID_LIKE=debian
VERSION_ID="12"
`;

/** The whole tree: Debian's folders (bin and its like lead into usr), busybox as init by /etc/inittab, an installer. */
export function treeEntries(
  { kernel, busybox, controls }: DebianPackages,
  initrd: Uint8Array,
  modules: readonly KernelModule[],
): LayerEntry[] {
  const modulesFolder = `usr/lib/modules/${kernel.version}`;
  const folders = 'dev etc home mnt opt proc run srv sys usr/sbin usr/share var/cache var/log var/lib/dpkg/updates';
  return [
    ...folders.split(' ').map((path) => folder(path)),
    ...['bin', 'sbin', 'lib'].map((path) => symlink(path, `usr/${path}`)),
    folder('tmp', 0o1777),
    folder('root', 0o700),
    { ...folder('home/metal', 0o750), uid: 1000, gid: 1000 },
    { ...file('home/metal/.profile', '# of the user metal\n'), uid: 1000, gid: 1000 },

    file('usr/bin/busybox', busybox, 0o755),
    // su and passwd need root's rights.
    { ...file('usr/bin/su', busybox, 0o4755) },
    ...applets.map((name) => symlink(`usr/bin/${name}`, 'busybox')),
    symlink('usr/sbin/init', '../bin/busybox'),

    file(`boot/vmlinuz-${kernel.version}`, kernel.image),
    file(`boot/initrd.img-${kernel.version}`, initrd),
    ...modules.map(({ path, content }) => file(`${modulesFolder}/kernel/${path}`, content)),
    file(`${modulesFolder}/modules.dep`, modulesDep(modules)),

    file('usr/lib/os-release', osRelease),
    symlink('etc/os-release', '../usr/lib/os-release'),
    file('etc/inittab', inittab),
    file('etc/init.d/rcS', rcS, 0o755),
    file('etc/fstab', '# the root is mounted by the initrd\n'),
    file('etc/hostname', 'small\n'),
    file('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nmetal:x:1000:1000::/home/metal:/bin/sh\n'),
    file('etc/group', 'root:x:0:\nmetal:x:1000:\n'),
    { ...file('etc/shadow', 'root:*:19000:0:99999:7:::\nmetal:*:19000:0:99999:7:::\n', 0o640), gid: 42 },
    file('usr/share/small', 'one file with two names\n'),
    { type: 'hardlink', path: 'usr/share/small-too', target: 'usr/share/small', mode: 0o644, ...owner },

    file('var/lib/dpkg/status', controls.map(installed).join('\n')),
    file('var/lib/dpkg/info/format', '1\n'),
    file('install.sh', installer, 0o755),
  ];
}

const inittab = `::sysinit:/etc/init.d/rcS
::askfirst:-/bin/sh
::ctrlaltdel:/bin/reboot
::shutdown:/bin/umount -a -r
`;

const rcS = `#!/bin/sh
mount -o remount,rw /
for each in proc:proc sysfs:sys devtmpfs:dev; do
  mountpoint=/\${each#*:}
  grep -q " $mountpoint " /proc/mounts || mount -t "\${each%:*}" none "$mountpoint"
done
mount -t tmpfs -o mode=755 none /run
mount -t tmpfs -o mode=1777 none /tmp
hostname "$(cat /etc/hostname)"
echo "small: up"
`;

const installer = `#!/bin/sh
# What metal-hammer runs in the new root: install.yaml in, boot-info.yaml out.
set -eu
value() { sed -n "s/^$1: *//p" /etc/metal/install.yaml | sed -e "s/^[\\"']//" -e "s/[\\"']\\$//"; }
hostname=$(value hostname)
console=$(value console)
root=$(value root_uuid)
echo "$hostname" > /etc/hostname
echo "installing $hostname"
kernel=$(ls /boot/vmlinuz-*)
initrd=$(ls /boot/initrd.img-*)
cat > /etc/metal/boot-info.yaml <<END
initrd: $initrd
cmdline: "console=$console root=UUID=$root init=/sbin/init rw"
kernel: $kernel
bootloader_id: "metal-small"
END
`;

function folder(path: string, mode = 0o755): LayerEntry {
  return { type: 'directory', path, mode, ...owner };
}

function symlink(path: string, target: string): LayerEntry {
  return { type: 'symlink', path, target, mode: 0o777, ...owner };
}

function file(path: string, content: string | Uint8Array, mode = 0o644): LayerEntry {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return { type: 'file', path, mode, size: bytes.length, content: bytes, ...owner };
}

/** The paragraph of dpkg's status for a package, out of its control file. */
function installed(control: string): string {
  return control.replace(/^(Package: .*)$/m, '$1\nStatus: install ok installed');
}
