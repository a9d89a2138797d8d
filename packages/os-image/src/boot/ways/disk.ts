import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProjectError } from '@ingot/workspace';
import type { BootContext, Prepared } from '../context.ts';
import { locateExt4 } from '../ext4/locate.ts';
import { findFirmware } from '../machine/firmware.ts';
import type { Drive } from '../machine/machine.ts';
import { rawCopy } from './raw-copy.ts';

/**
 * The way of whole disks: UEFI firmware, the boot loader on the disk, and what that starts. The machine gets a raw copy
 * of the shipped disk, in whose root file system the checks are put, and nothing else: boot loader, kernel, initrd and
 * command line are those that ship. Throws ProjectErrors INGOT_BOOT_IMAGE, INGOT_TOOL_MISSING, INGOT_TOOL_FAILED.
 */
export async function prepareDisk(context: BootContext): Promise<Prepared> {
  const { stage, architecture, folder } = context;
  const start = await uefi(context);
  stage(`copying disk ${architecture}`);
  const file = join(folder, 'disk.raw');
  await rawCopy(diskOf(context), file, context.signal);
  return { start, drives: [{ file, format: 'raw' }], root: { file, offset: await locateExt4(file) } };
}

/** The shipped disk itself, which stays as it is whatever the machine writes. */
export async function shippedDisk(context: BootContext): Promise<Omit<Prepared, 'root'>> {
  return { start: await uefi(context), drives: [{ ...diskOf(context), discard: true }] };
}

async function uefi({ architecture, folder }: BootContext): Promise<Prepared['start']> {
  const { code, variables } = await findFirmware(architecture);
  const own = join(folder, 'variables.fd');
  await copyFile(variables, own);
  return { kind: 'uefi', code, variables: own };
}

/** Any of the outputs, for they hold the same: raw, which needs no conversion, first. */
function diskOf({ format, architecture, description }: BootContext): Drive {
  for (const role of ['raw', 'qcow2', 'qcow2-compressed']) {
    const found = format.result.files.find((file) => file.role === role && file.architecture === architecture);
    if (found !== undefined) return { file: join(format.folder, found.path), format: role === 'raw' ? 'raw' : 'qcow2' };
  }
  throw new ProjectError('INGOT_BOOT_IMAGE', `the target disk made no disk for ${architecture}`, {
    place: description.place(['architectures']),
    help: 'build it again',
  });
}
