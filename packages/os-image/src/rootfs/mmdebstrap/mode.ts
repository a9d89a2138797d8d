import { ProjectError, runProgram, type Place } from '@ingot/workspace';
import type { MmdebstrapDescription } from '../../description/description.ts';

/**
 * The way to build as other users: `unshare`, in a namespace, wherever it works; `root` for root where it does not.
 * Throws ProjectError INGOT_ROOTFS_MODE.
 */
export async function chooseMode(
  { mode }: MmdebstrapDescription,
  place: Place,
  signal?: AbortSignal,
): Promise<'unshare' | 'root'> {
  const isRoot = process.getuid?.() === 0;
  if (mode === 'root') {
    if (isRoot) return 'root';
    throw noWay('mode: root needs root', place, 'leave `mode` out: without root, mmdebstrap builds in a namespace');
  }
  // It does what mmdebstrap itself will do.
  const probe = await runProgram('mmdebstrap', ['--unshare-helper', 'true'], signal ? { signal } : {});
  if (probe?.code === 0) return 'unshare';
  if (isRoot && mode === 'auto') return 'root';
  const help = [
    ...(probe?.lines ?? []).slice(-5).map((line) => `  ${line}`),
    'it takes newuidmap (Debian: apt-get install uidmap), lines for you in /etc/subuid and /etc/subgid',
    '(usermod --add-subuids 100000-165535 --add-subgids 100000-165535 $USER), and a kernel that lets users make namespaces',
  ];
  throw noWay('no namespace of users can be made here', place, help.join('\n'));
}

function noWay(message: string, place: Place, help: string): ProjectError {
  return new ProjectError('INGOT_ROOTFS_MODE', `mmdebstrap: ${message}`, { place, help });
}
