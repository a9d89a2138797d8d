import type { LayerEntry } from '@ingot/content';
import { ProjectError, type Place } from '@ingot/workspace';
import type { Architecture, DiskDescription } from '../../../description/description.ts';
import type { Identifiers } from '../identifiers.ts';
import type { Run } from '../toolbox.ts';
import type { EspFile } from './esp.ts';
import { grubFiles } from './grub.ts';
import { systemdBootFiles } from './systemd-boot.ts';

export interface BootloaderOptions {
  readonly bootloader: DiskDescription['bootloader'];
  readonly architecture: Architecture;
  /** Names the kernel's folder and the entry in the menu. */
  readonly name: string;
  readonly version: string;
  /** The kernel's, whole: root= and what the author says. */
  readonly commandLine: string;
  readonly identifiers: Identifiers;
  /** Where kernel and initrd lie, absolute. */
  readonly kernel: { readonly path: string; readonly size: number };
  readonly initrd: { readonly path: string; readonly size: number } | undefined;
  /** The root file system, where the boot loader is looked for first. */
  readonly entries: readonly LayerEntry[];
  /** The toolbox's folder, absolute, and an empty one in it. */
  readonly folder: string;
  readonly scratch: string;
  /** Of `disk.bootloader`. */
  readonly place: Place;
  readonly commandLinePlace: Place;
}

/** Firmware starts this where nothing else is set up: UEFI specification 2.10 § 3.5.1.1, table 3.2. */
export const removableLoader: Readonly<Record<Architecture, string>> = {
  amd64: 'EFI/BOOT/BOOTX64.EFI',
  arm64: 'EFI/BOOT/BOOTAA64.EFI',
};

/** Where the kernel lies in the EFI system partition; the initrd beside it. */
export function kernelPath(name: string): string {
  return `${name}/linux`;
}

export function initrdPath(name: string): string {
  return `${name}/initrd`;
}

/**
 * What the EFI system partition holds: loader, kernel, initrd. Throws ProjectErrors INGOT_DISK_BOOTLOADER where the boot
 * loader is neither in the root file system nor on this machine, INGOT_DISK_COMMAND_LINE for what cannot be written into
 * its configuration, and those of the toolbox.
 */
export async function bootloaderFiles(run: Run<'grub-mkimage'>, options: BootloaderOptions): Promise<EspFile[]> {
  checkCommandLine(options);
  const { name, kernel, initrd, bootloader } = options;
  const loader = bootloader === 'grub' ? await grubFiles(run, options) : await systemdBootFiles(options);
  return [
    ...loader,
    { path: kernelPath(name), source: kernel.path, size: kernel.size },
    ...(initrd ? [{ path: initrdPath(name), source: initrd.path, size: initrd.size }] : []),
  ];
}

function checkCommandLine({ commandLine, commandLinePlace, bootloader }: BootloaderOptions): void {
  const wrong = (what: string, help: string) =>
    new ProjectError('INGOT_DISK_COMMAND_LINE', `commandLine: ${what}`, { place: commandLinePlace, help });
  if (/[\u0000-\u001f\u007f]/.test(commandLine)) {
    throw wrong('it has a line end or another control character in it', 'write it as one line');
  }
  if (bootloader === 'grub' && /["'\\]/.test(commandLine)) {
    throw wrong(
      'GRUB passes no quotes and backslashes on to the kernel as they are',
      'write it without them, or take `bootloader: systemd-boot`',
    );
  }
}
