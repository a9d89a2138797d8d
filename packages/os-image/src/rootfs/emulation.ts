import { runsHere } from '@ingot/oci';
import { ProjectError, type Place } from '@ingot/workspace';
import type { OsImageDescription } from '../description/description.ts';

/** Refuses architectures whose programs would have to run here, and cannot. Throws ProjectError INGOT_ROOTFS_EMULATION. */
export function refuseForeign({ architectures }: OsImageDescription, place: Place, runs = runsHere()): void {
  const foreign = architectures.find((architecture) => !runs({ os: 'linux', architecture }));
  if (foreign === undefined) return;
  throw new ProjectError(
    'INGOT_ROOTFS_EMULATION',
    `programs of ${foreign} cannot run here, and installing packages runs them`,
    {
      place,
      help: [
        'let binfmt_misc hand them to an emulator (Debian: apt-get install qemu-user-static binfmt-support),',
        `or build ${foreign} on a machine of its own kind, and take what it made by \`rootfs:\``,
      ].join('\n'),
    },
  );
}
