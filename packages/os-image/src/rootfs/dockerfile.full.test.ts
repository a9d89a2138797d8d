import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { Rig } from './test/rig.ts';

let rig: Rig;
beforeEach(async () => {
  referee('buildah');
  rig = await Rig.create();
  await rig.write({
    'storage.conf': `[storage]\ndriver = "vfs"\ngraphroot = "${rig.path('graph')}"\nrunroot = "${rig.path('run')}"\n`,
  });
  rig.env({
    BUILDAH_ISOLATION: 'chroot',
    CONTAINERS_STORAGE_CONF: rig.path('storage.conf'),
    INGOT_STORE: rig.path('store'),
  });
});
afterEach(() => rig.remove());

describe('a root file system of a Dockerfile', () => {
  it('is what its layers come to, and the same twice', async () => {
    await rig.write({
      'app/Dockerfile': `FROM scratch AS boot
COPY vmlinuz /boot/vmlinuz-6.1
COPY initrd /boot/initrd.img-6.1
FROM boot
COPY etc /etc
COPY --chown=7:8 motd /etc/motd
`,
      'app/vmlinuz': 'kernel',
      'app/initrd': 'initrd',
      'app/etc/os-release': 'ID=test\n',
      'app/etc/motd': 'old\n',
      'app/motd': 'new\n',
      // What was made of it before is no part of it.
      'app/dist/rootfs/amd64/rootfs.tar': 'earlier',
    });
    await rig.describe('dockerfile: { engine: buildah }\nformats: [metal-stack]');
    const first = await rig.build('app/dist/.ingot-1-0000000000000000');
    const second = await rig.build('app/dist/.ingot-1-0000000000000001');
    expect(second.architectures[0]!.tar).toEqual(first.architectures[0]!.tar);
    const out = 'app/dist/.ingot-1-0000000000000000';
    expect(await rig.contentOf('etc/motd', out)).toBe('new\n');
    expect((await rig.listing(out)).map((line) => line.replace(/ [\d-]+ [\d:]+ /, ' '))).toContain(
      '-rw-r--r-- 7/8 4 etc/motd',
    );
    expect(first.architectures[0]!.kernel).toMatchObject({ source: '/boot/vmlinuz-6.1', size: 6 });
    expect(await rig.read(`${out}/amd64/build.log`)).toContain('STEP');
  });

  it('has no secret of the Dockerfile in it', async () => {
    await rig.write({
      'app/Dockerfile': 'FROM scratch\nCOPY npmrc /etc/npmrc\n',
      'app/npmrc': '_token=horse-battery',
    });
    await rig.describe('dockerfile: { engine: buildah, secrets: [{ id: npm, env: NPM_TOKEN }] }');
    rig.env({ NPM_TOKEN: 'horse-battery' });
    const text = await rig.failure();
    expect(text).toMatch(/^app\/os-image\.yaml:4:1 +INGOT_ROOTFS_SECRET/);
    expect(text).not.toContain('horse');
  });

  it('that fails points at the line of the Dockerfile', async () => {
    await rig.write({ 'app/Dockerfile': 'FROM scratch\nCOPY none /\n' });
    await rig.describe('dockerfile: { engine: buildah }');
    expect(await rig.failure()).toMatch(/^app\/Dockerfile:2:1 +INGOT_DOCKERFILE_BUILD/);
  });
});
