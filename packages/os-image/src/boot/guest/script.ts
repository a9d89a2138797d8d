import type { BootCheck } from '../../description/description.ts';

/** The serial number of the disk that a machine writes its report to. */
export const reportSerial = 'ingot-report';

/** Where in the machine's copy of the image the scripts lie. */
export const guestFolder = '/etc/ingot-boot';

/** Characters of a check's output that are reported. */
export const OUTPUT_LIMIT = 16_384;

/**
 * What runs in the machine once it is up: says so, runs the checks, powers off. A script for any POSIX sh, needing
 * nothing but a device node for each disk. `checks` run as root in `/`, each in a shell of its own.
 */
export function checkScript(checks: readonly Pick<BootCheck, 'run'>[]): string {
  return [head, up, ...checks.map(({ run }, index) => `check ${index} sh -c ${quoted(run)}`), 'finish', ''].join('\n');
}

/**
 * What runs instead of init to install a metal-stack image in place, as metal-hammer does from outside: mounts what its
 * chroot has, runs /install-go or else /install.sh, reports its exit code as check 0, powers off.
 */
export function installScript(): string {
  return `${mounts}${head}
${up}
if [ -x /install-go ]; then check 0 /install-go; else check 0 /install.sh; fi
finish
`;
}

const up = 'read -r up _ < /proc/uptime; say "up $up"; sync';

const mounts = `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
mounted() { while read -r _ place _; do [ "$place" = "$1" ] && return; done < /proc/mounts; return 1; }
[ -r /proc/mounts ] || mount -t proc proc /proc
mounted /sys || mount -t sysfs sysfs /sys
mounted /dev || mount -t devtmpfs devtmpfs /dev
mounted /run || mount -t tmpfs -o mode=755 tmpfs /run
mounted /tmp || mount -t tmpfs -o mode=1777 tmpfs /tmp
[ ! -d /boot/efi ] || mount -t vfat /dev/vda1 /boot/efi
`;

const head = `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root TERM=dumb
cd /

# The report goes to a disk of its own, so that it is not mixed with the console and needs no driver but the root's.
report=
for serial in /sys/block/*/serial; do
  [ "$(cat "$serial" 2>/dev/null)" = ${reportSerial} ] || continue
  report=\${serial%/serial}
  report=/dev/\${report##*/}
done
[ -b "$report" ] || { echo "ingot-boot: no disk for the report" > /dev/console; exit 1; }
exec 3<> "$report"
say() { printf '%s\\n' "$1" >&3; }
say 'ingot-boot 1'

output=/run/ingot-boot.out
(: > $output) 2>/dev/null || output=/tmp/ingot-boot.out

# Number, program and its arguments.
check() {
  number=$1
  shift
  say "begin $number"
  sync
  "$@" > $output 2>&1 < /dev/null 3>&-
  code=$?
  room=${OUTPUT_LIMIT}
  while IFS= read -r line || [ -n "$line" ]; do
    room=$((room - \${#line} - 1))
    [ $room -lt 0 ] && say 'cut' && break
    say "o $line"
    line=
  done < $output
  say "exit $code"
  sync
}

finish() {
  say 'end'
  sync
  # Without unmounting, for nobody reads these disks again but fsck; then by the kernel, where no program can.
  echo u > /proc/sysrq-trigger 2>/dev/null
  poweroff -f 2>/dev/null
  busybox poweroff -f 2>/dev/null
  echo o > /proc/sysrq-trigger
  sleep 60
}
`;

/** A text as one word of sh. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
