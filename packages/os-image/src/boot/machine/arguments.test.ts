import { describe, expect, it } from 'vitest';
import { qemuArguments, qemuOf } from './arguments.ts';
import type { Machine } from './machine.ts';

const machine: Machine = {
  architecture: 'amd64',
  accelerator: 'tcg',
  memory: 1024,
  cpus: 2,
  start: { kind: 'kernel', kernel: '/k', initrd: '/i', commandLine: 'console=ttyS0 root=LABEL=ROOT' },
  drives: [
    { file: '/a,b/disk.raw', format: 'raw' },
    { file: '/report', format: 'raw', serial: 'ingot-report' },
  ],
};

/** The values behind each occurrence of an option. */
function valuesOf(args: readonly string[], option: string): string[] {
  return args.flatMap((each, index) => (each === option ? [args[index + 1]!] : []));
}

describe('the arguments of qemu', () => {
  it('start a kernel with its initrd and its command line as one argument', () => {
    const args = qemuArguments(machine, 'log');
    expect(valuesOf(args, '-kernel')).toEqual(['/k']);
    expect(valuesOf(args, '-initrd')).toEqual(['/i']);
    expect(valuesOf(args, '-append')).toEqual(['console=ttyS0 root=LABEL=ROOT']);
    expect(valuesOf(args, '-m')).toEqual(['1024']);
    expect(valuesOf(args, '-smp')).toEqual(['2']);
  });

  it('take nothing from the user’s settings, and end where the machine restarts', () => {
    expect(qemuArguments(machine, 'log')).toEqual(
      expect.arrayContaining(['-no-user-config', '-nodefaults', '-no-reboot', '-display']),
    );
  });

  it('give the drives in their order, commas in names doubled', () => {
    const args = qemuArguments(machine, 'log');
    expect(valuesOf(args, '-drive')).toEqual([
      'if=none,id=drive0,format=raw,cache=unsafe,werror=report,file=/a,,b/disk.raw',
      'if=none,id=drive1,format=raw,cache=unsafe,werror=report,file=/report',
    ]);
    expect(valuesOf(args, '-device').slice(0, 2)).toEqual([
      'virtio-blk-pci,drive=drive0,bootindex=1',
      'virtio-blk-pci,drive=drive1,bootindex=2,serial=ingot-report',
    ]);
  });

  it('leave a drive as it is where that is asked for', () => {
    const drives = [
      { file: '/shipped.qcow2', format: 'qcow2', discard: true },
      { file: '/x.iso', format: 'raw', readOnly: true },
    ] as const;
    expect(valuesOf(qemuArguments({ ...machine, drives }, 'log'), '-drive')).toEqual([
      'if=none,id=drive0,format=qcow2,cache=unsafe,werror=report,snapshot=on,file=/shipped.qcow2',
      'if=none,id=drive1,format=raw,readonly=on,file=/x.iso',
    ]);
  });

  it('start firmware from its two files, of which it may write one', () => {
    const start = { kind: 'uefi', code: '/CODE.fd', variables: '/vars.fd' } as const;
    const args = qemuArguments({ ...machine, start, drives: [] }, 'log');
    expect(valuesOf(args, '-drive')).toEqual([
      'if=pflash,unit=0,format=raw,readonly=on,file=/CODE.fd',
      'if=pflash,unit=1,format=raw,file=/vars.fd',
    ]);
    expect(args).not.toContain('-kernel');
  });

  it('name the processor by the accelerator, the machine by the architecture', () => {
    expect(valuesOf(qemuArguments(machine, 'log'), '-accel')).toEqual(['tcg,thread=multi']);
    expect(valuesOf(qemuArguments({ ...machine, architecture: 'arm64' }, 'log'), '-cpu')).toEqual([
      'max,pauth-impdef=on',
    ]);
    const kvm = qemuArguments({ ...machine, accelerator: 'kvm', architecture: 'arm64' }, 'log');
    expect(valuesOf(kvm, '-accel')).toEqual(['kvm']);
    expect(valuesOf(kvm, '-cpu')).toEqual(['host']);
    expect(valuesOf(kvm, '-machine')).toEqual(['virt']);
    expect(qemuOf({ architecture: 'arm64' })).toBe('qemu-system-aarch64');
  });

  it('give a person the monitor behind Ctrl-A, and their Ctrl-C to the machine', () => {
    expect(valuesOf(qemuArguments(machine, 'person'), '-serial')).toEqual(['mon:stdio']);
  });
});
