import { join } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { BootInput } from '../context.ts';

/** Kernel and initrd that the target `rootfs` found, absolute paths. Throws ProjectError INGOT_BOOT_IMAGE. */
export function kernelOf(input: Pick<BootInput, 'description' | 'rootfs' | 'rootfsFolder' | 'architecture'>) {
  const found = input.rootfs.architectures.find(({ architecture }) => architecture === input.architecture);
  if (found?.kernel === undefined) {
    throw new ProjectError('INGOT_BOOT_IMAGE', `the root file system of ${input.architecture} has no kernel`, {
      place: input.description.place(['formats']),
      help: 'install one (Debian: linux-image-amd64), or name it by `kernel`',
    });
  }
  const kernel = join(input.rootfsFolder, found.kernel.path);
  return { kernel, ...(found.initrd === undefined ? {} : { initrd: join(input.rootfsFolder, found.initrd.path) }) };
}
