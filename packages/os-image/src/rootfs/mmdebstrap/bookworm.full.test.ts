import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import type { RootfsResult } from '../result.ts';
import { Rig, run } from '../test/rig.ts';

let rig: Rig;
beforeEach(async () => {
  referee('mmdebstrap');
  rig = await Rig.create();
});
afterEach(() => rig.remove());

const image = (mode: string) => `mmdebstrap:
  suite: bookworm
  packages: [linux-image-cloud-amd64, systemd-sysv, udev, initramfs-tools]
  sources: ['deb http://deb.debian.org/debian bookworm main']
  mode: ${mode}
formats: [metal-stack]
`;

/** In root mode mmdebstrap warns of other things. */
const withoutLog = ({ architectures, ...rest }: RootfsResult) => ({
  ...rest,
  architectures: architectures.map(({ log: _, ...made }) => made),
});

describe('a Debian that boots', () => {
  it(
    'is the same twice: by a namespace and by root, with a lock and without, whatever the umask',
    { timeout: 1_800_000 },
    async () => {
      await rig.describe(image('unshare'));
      const unlocked = await rig.build('one');
      const { count, added } = await rig.lock();
      expect(added).toHaveLength(count);
      await rig.describe(image('root'));
      const umask = process.umask(0o077);
      const locked = await rig.build('another/folder').finally(() => process.umask(umask));
      expect(withoutLog(locked)).toEqual(withoutLog(unlocked));

      const [made] = unlocked.architectures;
      expect(made!.packageCount).toBe(count);
      expect(made!.kernel!.source).toMatch(/^\/boot\/vmlinuz-6\.1\./);
      expect(made!.initrd!.source).toMatch(/^\/boot\/initrd\.img-6\.1\./);
      expect(await rig.read('one/amd64/os-release')).toContain('VERSION_CODENAME=bookworm');

      const names = await rig.listing('one');
      expect(
        names
          .filter((line) => / etc\/apt\/(auth|preferences|apt\.conf)\S*\/./.test(line))
          .map((line) => line.split('/').at(-1)),
      ).toEqual(['01autoremove', '70debconf']);
      expect(names.filter((line) => line.startsWith('c')).length).toBeGreaterThan(5);
      const root = rig.path('unpacked');
      await run('mkdir', [root]);
      await run(referee('tar'), ['-C', root, '-xf', rig.path('one/amd64/rootfs.tar'), 'var/lib/dpkg']);
      const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
      const { stdout } = await run(referee('dpkg-query'), [`--admindir=${root}/var/lib/dpkg`, '-l'], { env });
      expect(await rig.read('one/amd64/packages.txt')).toBe(stdout);
      expect(await rig.leftovers()).toEqual([]);
      expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(rig.root);
    },
  );
});
