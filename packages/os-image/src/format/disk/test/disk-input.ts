import { join } from 'node:path';
import type { LayerEntry } from '@ingot/content';
import type { DiskDescription } from '../../../description/description.ts';
import { directory, file, symlink, testInput, type TestImage, type TestInput } from '../../test/input.ts';

const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex');
const own = { uid: 0, gid: 0 };

/** A root file system with one of everything, and a boot loader that is none. */
export const diskEntries: readonly LayerEntry[] = [
  file('usr/lib/systemd/boot/efi/systemd-bootx64.efi', 'loader for amd64'),
  file('usr/lib/systemd/boot/efi/systemd-bootaa64.efi', 'loader for arm64'),
  file('usr/sbin/init', 'init', { mode: 0o755 }),
  file('usr/bin/ping', 'ping'.repeat(3000), { mode: 0o4755, xattrs: { 'security.capability': capability } }),
  { type: 'hardlink', path: 'usr/bin/ping6', target: 'usr/bin/ping', mode: 0o4755, ...own },
  symlink('sbin', 'usr/sbin'),
  symlink('etc/away', '/etc/shadow'),
  file('etc/shadow', 'root:*:1::::::\n', { mode: 0, gid: 42, mtime: 1_000_000_001 }),
  directory('root', 0o700),
  directory('home/user', 0o2750, { uid: 100_000, gid: 70_000, mtime: 5_000_000_000 }),
  file('home/user/a name with\na line end, a "quote" and ünicode', 'x', { uid: 100_000, gid: 70_000 }),
  directory('locked', 0),
  file('locked/in', 'inside'),
  { type: 'character', path: 'dev/console', mode: 0o600, ...own, major: 5, minor: 1 },
  { type: 'block', path: 'dev/\nvda "1"', mode: 0o660, ...own, gid: 6, major: 259, minor: 70_000 },
  { type: 'fifo', path: 'run/initctl', mode: 0o600, ...own },
];

/** The input of `makeDisk` with everything in `folder`; the output is `folder/out`, or `output` below it. */
export function diskInput(
  folder: string,
  disk: Partial<DiskDescription> = {},
  { entries = diskEntries, ...image }: TestImage = {},
): Promise<TestInput> {
  const whole: DiskDescription = {
    size: undefined,
    free: 1024 * 1024,
    espSize: 33 * 1024 * 1024,
    bootloader: 'systemd-boot',
    outputs: ['raw'],
    ...disk,
  };
  return testInput(folder, { ...image, entries, description: { ...image.description, disk: whole } });
}

/** Where a file of the output lies. */
export function outputFile(input: TestInput, name = 'demo-amd64.raw'): string {
  return join(input.folder, name);
}
