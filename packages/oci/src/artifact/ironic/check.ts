import { ProjectError } from '@ingot/workspace';
import type { ArtifactFile } from '../description.ts';
import { formatOf, type Disktype } from './disktype.ts';
import { withGuest, type Guest } from './guest.ts';
import { hasPartitionTable } from './partition-table.ts';
import { compression, content, diskFormat } from './signatures.ts';

/**
 * Looks into a file that is for Ironic: is a disk what its disktype says, whole and not compressed; is a kernel none that
 * no boot loader takes. Files of other roles pass. Throws ProjectError, without a place: INGOT_IRONIC_DISK,
 * INGOT_IRONIC_PARTITION, INGOT_IRONIC_COMPRESSED, INGOT_IRONIC_QCOW2.
 */
export async function checkForIronic(path: string, file: Pick<ArtifactFile, 'role' | 'disktype'>): Promise<void> {
  if (file.role === 'disk') await checkDisk(path, file.disktype!);
  if (file.role === 'kernel') await checkKernel(path);
}

async function checkDisk(path: string, disktype: Disktype): Promise<void> {
  const wanted = formatOf(disktype);
  await withGuest(path, 'raw', (file) => checkFormat(file, disktype, wanted));
  await withGuest(path, wanted, checkWholeDisk);
}

async function checkFormat(file: Guest, disktype: Disktype, wanted: 'qcow2' | 'raw'): Promise<void> {
  const found = (await diskFormat(file)) ?? 'raw';
  if (found === wanted) return;
  const partitioned = found === 'raw' && (await hasPartitionTable(file));
  if (found === 'raw' && !partitioned) await refuseCompressed(file);
  const isTaken = found === 'qcow2' || partitioned;
  throw new ProjectError(
    'INGOT_IRONIC_DISK',
    `disktype: ${disktype}, but the file is ${describe(found, partitioned)}`,
    {
      help: isTaken ? `write \`disktype: ${found}\`` : `\`qemu-img convert -O ${wanted}\` makes a ${wanted} disk of it`,
    },
  );
}

function describe(found: string, partitioned: boolean): string {
  if (found !== 'raw') return `a ${found} disk`;
  return partitioned ? 'a raw disk' : 'no disk image that is known';
}

/** Ironic takes whole disks from a registry, no partitions (oci-container-registry § Known Limitations). */
async function checkWholeDisk(guest: Guest): Promise<void> {
  if (await hasPartitionTable(guest)) return;
  await refuseCompressed(guest);
  const found = await content(guest);
  const what = found ? `it is ${found} without a disk around it` : 'it has no partition table';
  throw new ProjectError('INGOT_IRONIC_PARTITION', `the disk image is no whole disk: ${what}`, {
    help: 'Ironic takes whole-disk images only: build one with a partition table and a boot loader',
  });
}

async function refuseCompressed(file: Guest): Promise<void> {
  const found = await compression(file);
  if (found === undefined) return;
  throw new ProjectError('INGOT_IRONIC_COMPRESSED', `the disk image is compressed with ${found}`, {
    help: 'decompress it: the agent cannot decompress while it streams; `qemu-img convert -c -O qcow2` keeps it small',
  });
}

/**
 * A boot loader takes a kernel as it is, or gzip's (arm64). What a ramdisk is packed with is the kernel's own matter: it
 * unpacks gzip, xz, zstd and others by itself.
 */
async function checkKernel(path: string): Promise<void> {
  const found = await withGuest(path, 'raw', compression);
  if (found === undefined || found === 'gzip') return;
  throw new ProjectError('INGOT_IRONIC_COMPRESSED', `the kernel is compressed with ${found} as a whole`, {
    help: 'no boot loader takes that: name the kernel as it was built (vmlinuz, bzImage, Image)',
  });
}
