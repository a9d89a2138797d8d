import { join } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { Architecture } from '../description/description.ts';
import type { RootfsArchitecture } from '../rootfs/result.ts';
import { identifiersOf } from './disk/identifiers.ts';
import type { FormatInput } from './format.ts';
import type { SourceFile } from './write.ts';

/** What IronCore's formats are made of, for one architecture. */
export interface BootImage {
  readonly architecture: Architecture;
  /** The disk, raw: partition table, EFI system partition, root file system. */
  readonly rootfs: SourceFile;
  readonly initramfs: SourceFile;
  readonly kernel: SourceFile;
  readonly commandLine: string;
}

/**
 * The parts of each architecture's image. The layer that is called root file system is a whole disk: Garden Linux puts
 * `rootfs.raw` there, the file that it publishes as `.raw` (features/_oci/image, bin/garden-build), and who takes it
 * writes it to the machine's disk as it is (libvirt-provider, internal/plugins/volume/localdisk). Throws ProjectError
 * INGOT_OS_IMAGE_KERNEL, INGOT_OS_IMAGE_DISK.
 */
export function bootImages(input: FormatInput): readonly BootImage[] {
  const { description, rootfs } = input;
  return rootfs.architectures.map((each) => ({
    architecture: each.architecture,
    rootfs: rawDisk(input, each.architecture),
    initramfs: part(input, each, 'initrd'),
    kernel: part(input, each, 'kernel'),
    commandLine: commandLineOf(description.name, each.architecture, description.commandLine),
  }));
}

/**
 * Garden Linux has `root=` and the first field of the last line of /etc/fstab, or `LABEL=ROOT`, then the text of
 * /etc/kernel/cmdline after its first word. Our disk has a name that is its own whatever is in fstab; the rest is what
 * os-image.yaml says.
 */
export function commandLineOf(name: string, architecture: Architecture, commandLine: string): string {
  return `root=UUID=${identifiersOf(name, architecture).rootFileSystem} ${commandLine}`.trim();
}

export function part(
  { description, rootfsFolder }: FormatInput,
  rootfs: RootfsArchitecture,
  name: 'kernel' | 'initrd',
) {
  const { [name]: file, architecture } = rootfs;
  if (file) return { ...file, path: join(rootfsFolder, file.path) };
  const what = name === 'kernel' ? 'kernel' : 'initial RAM disk';
  throw new ProjectError('INGOT_OS_IMAGE_KERNEL', `the root file system of ${architecture} has no ${what}`, {
    place: description.place(['formats']),
    help: `install one: for Debian the packages linux-image-${architecture} and initramfs-tools`,
  });
}

function rawDisk({ description, disks }: FormatInput, architecture: Architecture): SourceFile {
  const raw = disks?.result.files.find((file) => file.role === 'raw' && file.architecture === architecture);
  if (disks && raw) return { ...raw, path: join(disks.folder, raw.path) };
  throw new ProjectError('INGOT_OS_IMAGE_DISK', `there is no raw disk of ${architecture} to make the image of`, {
    place: description.place(['formats']),
    help: 'add disk to `formats`, and raw to its `outputs`',
  });
}
