import type { Drive, Machine, Start } from './machine.ts';

/** Who uses the console: `log` takes what it says line by line, a `person` types as well. */
export type Console = 'log' | 'person';

/** The program for machines of an architecture. */
export function qemuOf({ architecture }: Pick<Machine, 'architecture'>): 'qemu-system-x86_64' | 'qemu-system-aarch64' {
  return architecture === 'amd64' ? 'qemu-system-x86_64' : 'qemu-system-aarch64';
}

/** All that qemu can do. Of the ways to sign pointers it has a slow one by the book, which takes most of an emulated boot. */
const emulated = { amd64: 'max', arm64: 'max,pauth-impdef=on' } as const;

/**
 * The arguments of qemu (qemu 7.2 and later) for a machine with a serial console on stdin and stdout. A restart ends it. It has
 * a network card, so that nothing in it waits for one, behind which there is nothing. Nothing of the user's settings.
 */
export function qemuArguments(machine: Machine, console: Console): string[] {
  const { architecture, accelerator, memory, cpus, start, drives } = machine;
  return [
    ...['-no-user-config', '-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-machine', architecture === 'amd64' ? 'q35' : 'virt'],
    ...['-accel', accelerator === 'kvm' ? 'kvm' : 'tcg,thread=multi'],
    ...['-cpu', accelerator === 'kvm' ? 'host' : emulated[architecture]],
    ...['-m', String(memory), '-smp', String(cpus)],
    ...consoleArguments(console),
    ...startArguments(start),
    ...drives.flatMap(driveArguments),
    ...['-device', 'virtio-rng-pci'],
    // Without its ROM the firmware does not look for something to boot there.
    ...['-netdev', 'user,id=network,restrict=on', '-device', 'virtio-net-pci,netdev=network,romfile='],
  ];
}

function consoleArguments(console: Console): string[] {
  // Ctrl-C of a person is for the machine; Ctrl-A X ends it.
  if (console === 'person') return ['-serial', 'mon:stdio'];
  return ['-chardev', 'stdio,id=console,signal=off', '-serial', 'chardev:console'];
}

function startArguments(start: Start): string[] {
  if (start.kind === 'uefi') {
    return [
      ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${escaped(start.code)}`],
      ...['-drive', `if=pflash,unit=1,format=raw,file=${escaped(start.variables)}`],
    ];
  }
  const initrd = start.initrd === undefined ? [] : ['-initrd', start.initrd];
  return ['-kernel', start.kernel, ...initrd, '-append', start.commandLine];
}

/** `-kernel` has the first place among what boots. */
function driveArguments({ file, format, serial, discard, readOnly }: Drive, index: number): string[] {
  const id = `drive${index}`;
  const options = [
    `if=none,id=${id},format=${format}`,
    // What a test writes need not outlive the host's next failure; a full disk is the machine's error, not its pause.
    readOnly ? 'readonly=on' : 'cache=unsafe,werror=report',
    ...(discard ? ['snapshot=on'] : []),
    `file=${escaped(file)}`,
  ];
  const device = [
    `virtio-blk-pci,drive=${id},bootindex=${index + 1}`,
    ...(serial === undefined ? [] : [`serial=${serial}`]),
  ];
  return ['-drive', options.join(','), '-device', device.join(',')];
}

/** A comma within a value is doubled. */
function escaped(path: string): string {
  return path.replaceAll(',', ',,');
}
