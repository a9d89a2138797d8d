import { mkdir, symlink } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig } from '../test/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
  // It never ends by itself, and has a tree in the folder for temporary files.
  await rig.program(
    'bin/mmdebstrap',
    '#!/bin/sh\n[ "$1" = --unshare-helper ] && exit 0\nmkdir "$TMPDIR/root"\necho one\nsleep 1000\n',
  );
  await rig.program('bin/apt-get', '#!/bin/sh\n');
  rig.env({ PATH: `${rig.path('bin')}${delimiter}${process.env['PATH']}`, APT_LOGIN: 'me', APT_PASSWORD: 'secret' });
});
afterEach(() => rig.remove());

describe('a build by mmdebstrap', () => {
  it('whose log finds the disk full says so, and leaves no tree and no login', async () => {
    await rig.describe(`mmdebstrap:
  suite: bookworm
  credentials: [{ machine: apt.example.org, login: { env: APT_LOGIN }, password: { env: APT_PASSWORD } }]`);
    await mkdir(rig.path('out/amd64'), { recursive: true });
    await symlink('/dev/full', rig.path('out/amd64/build.log'));
    expect(await rig.failure()).toContain('INGOT_DISK_FULL');
    expect(await rig.leftovers()).toEqual([]);
  });
});
