import { basename } from 'node:path';
import type { CpioEntry } from './cpio.ts';
import type { KernelModule } from './modules.ts';

/** What it takes to reach the root: Debian's cloud kernel has ext4 and the serial port built in. */
export const initrdModules = ['virtio_pci', 'virtio_mmio', 'virtio_blk', 'ext4'];

const applets = 'cat dd findfs hexdump insmod mount sh sleep switch_root tr'.split(' ');

/** An initrd that loads its modules, finds `root=` (LABEL, UUID, PARTUUID or a device) and hands over to its init. */
export function initrdEntries(busybox: Buffer, modules: readonly KernelModule[]): CpioEntry[] {
  const folders = ['bin', 'dev', 'proc', 'sys', 'newroot', 'modules'];
  return [
    ...folders.map((path) => ({ path, mode: 0o40755 })),
    { path: 'bin/busybox', mode: 0o100755, content: busybox },
    ...applets.map((name) => ({ path: `bin/${name}`, mode: 0o120777, content: Buffer.from('busybox') })),
    ...modules.map(({ path, content }) => ({ path: `modules/${basename(path)}`, mode: 0o100644, content })),
    { path: 'init', mode: 0o100755, content: Buffer.from(init(modules.map(({ path }) => basename(path)))) },
  ];
}

const init = (modules: readonly string[]) => `#!/bin/sh
export PATH=/bin
mount -t devtmpfs none /dev
mount -t proc none /proc
mount -t sysfs none /sys
for module in ${modules.join(' ')}; do insmod /modules/$module; done

root= init=/sbin/init access=ro flags=
for word in $(cat /proc/cmdline); do
  case $word in
    root=*) root=\${word#root=} ;;
    init=*) init=\${word#init=} ;;
    rootflags=*) flags=,\${word#rootflags=} ;;
    ro|rw) access=$word ;;
  esac
done

# The partition of a GPT by its own identifier: entry after entry of 128 bytes, from the third block on.
partuuid() {
  for disk in /sys/block/vd*; do
    for number in 1 2 3 4 5 6 7 8; do
      set -- $1 $(dd if=/dev/\${disk##*/} bs=1 skip=$((1024 + 128 * (number - 1) + 16)) count=16 2>/dev/null |
        hexdump -v -e '/1 "%02x "')
      [ "$5$4$3$2-$7$6-$9$8-\${10}\${11}-\${12}\${13}\${14}\${15}\${16}\${17}" = "$1" ] &&
        echo /dev/\${disk##*/}$number && return
    done
  done
}

find_root() {
  case $root in
    LABEL=*|UUID=*) findfs "$root" 2>/dev/null ;;
    PARTUUID=*) partuuid "$(echo "\${root#PARTUUID=}" | tr A-F a-f)" ;;
    *) [ -b "$root" ] && echo "$root" ;;
  esac
}

tries=0
until device=$(find_root) && [ -n "$device" ]; do
  tries=$((tries + 1))
  # As initramfs-tools says it; then the kernel panics, for init is gone.
  [ $tries -gt 100 ] && echo "ALERT!  $root does not exist.  Dropping to a shell!" && exit 1
  sleep 0.1
done
mount -t ext4 -o $access$flags "$device" /newroot || exit 1
for each in dev proc sys; do mount -o move /$each /newroot/$each; done
exec switch_root -c /dev/console /newroot "$init"
`;
