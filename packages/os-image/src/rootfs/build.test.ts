import { chmod, link, mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { LayoutStore, assembleImage, createLayer, type LayerEntry } from '@ingot/content';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { Rig, run, time } from './test/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
});
afterEach(() => rig.remove());

const stamp = '2023-11-14 22:13:20';

describe('a root file system that is given', () => {
  it('as a folder, becomes a tar with its modes, links, names and times', async () => {
    await rig.describe('rootfs: root');
    await rig.write({
      'app/root/etc/shadow': 'secret',
      'app/root/usr/lib/os-release': 'ID=test\n',
      'app/root/bin/su': 'su',
    });
    await chmod(rig.path('app/root/etc/shadow'), 0o640);
    await chmod(rig.path('app/root/bin/su'), 0o4755);
    await chmod(rig.path('app/root/etc'), 0o755);
    await link(rig.path('app/root/bin/su'), rig.path('app/root/bin/again'));
    await symlink('../usr/lib/os-release', rig.path('app/root/etc/os-release'));
    await utimes(rig.path('app/root/etc/shadow'), 86_400, 86_400);
    await mkdir(rig.path('app/root/tmp'));
    await chmod(rig.path('app/root/tmp'), 0o1777);
    const result = await rig.build();
    const lines = await rig.listing();
    expect(lines).toContain(`-rw-r----- 0/0 6 1970-01-02 00:00:00 etc/shadow`);
    expect(lines).toContain(`-rwsr-xr-x 0/0 2 ${stamp} bin/again`);
    expect(lines).toContain(`hrwsr-xr-x 0/0 0 ${stamp} bin/su link to bin/again`);
    expect(lines).toContain(`lrwxrwxrwx 0/0 0 ${stamp} etc/os-release -> ../usr/lib/os-release`);
    expect(lines).toContain(`drwxrwxrwt 0/0 0 ${stamp} tmp/`);
    expect(await rig.read('out/amd64/os-release')).toBe('ID=test\n');
    expect(result).toMatchObject({
      ingot: 'rootfs-result/v1',
      name: 'app',
      time,
      architectures: [{ architecture: 'amd64', packageCount: 0, osRelease: { path: 'amd64/os-release', size: 8 } }],
    });
    expect(Object.keys(result.architectures[0]!)).toEqual(['architecture', 'tar', 'osRelease', 'log', 'packageCount']);
  });

  it('keeps capabilities of files', async () => {
    referee('getfattr');
    await rig.describe('rootfs: root');
    await rig.write({ 'app/root/ping': 'ping' });
    await run(referee('setfattr'), ['-n', 'user.note', '-v', 'hello', rig.path('app/root/ping')]);
    await rig.build();
    const tar = await readFile(rig.path('out/amd64/rootfs.tar'), 'latin1');
    expect(tar).toContain('SCHILY.xattr.user.note=hello\n');
  });

  it.each([
    ['plain', undefined],
    ['gzip', (bytes: Buffer) => gzipSync(bytes)],
  ])('as a %s tar, has the same bytes as the folder that it was made of', async (_, compressed) => {
    await rig.write({ 'app/root/etc/motd': 'hello\n', 'app/root/usr/bin/tool': 'tool' });
    await chmod(rig.path('app/root/usr/bin/tool'), 0o755);
    await rig.describe('rootfs: root');
    const folder = await rig.build('one');
    await run(referee('tar'), [
      '--owner=0',
      '--group=0',
      '--numeric-owner',
      '-C',
      rig.path('app/root'),
      '-cf',
      rig.path('app/root.tar'),
      '.',
    ]);
    if (compressed) await writeFile(rig.path('app/root.tar'), compressed(await readFile(rig.path('app/root.tar'))));
    await rig.describe('rootfs: root.tar');
    const tar = await rig.build('two');
    expect(tar.architectures[0]!.tar).toEqual(folder.architectures[0]!.tar);
  });

  it('as an image, is what its layers come to', async () => {
    const common = { mode: 0o644, uid: 0, gid: 0 };
    const file = (path: string, text: string): LayerEntry => ({
      ...common,
      path,
      type: 'file',
      size: text.length,
      content: Buffer.from(text),
    });
    const store = new LayoutStore(rig.path('image'));
    const lower = await createLayer(
      [
        file('etc/a', 'one'),
        file('etc/b', 'two'),
        file('usr/lib/x', 'x'),
        { ...common, mode: 0o777, path: 'lib', type: 'symlink', target: 'usr/lib' },
      ],
      { mtime: time },
      store,
    );
    const upper = await createLayer(
      [file('etc/a', 'changed'), file('lib/y', 'y')],
      { mtime: time, compression: 'zstd' },
      store,
    );
    const platform = { os: 'linux', architecture: 'amd64' };
    const { descriptor } = await assembleImage(
      {
        layers: [lower, upper].map((layer) => ({ ...layer, createdBy: 'test' })),
        platform,
        config: {},
        annotations: {},
        created: 0,
      },
      store,
    );
    rig.opened = { fetcher: store, manifest: descriptor };
    await rig.describe('rootfs: project:base');
    await rig.build();
    expect((await rig.listing()).map((line) => line.split(' ').slice(5).join(' '))).toEqual([
      'etc/',
      'etc/a',
      'etc/b',
      'lib/', // The upper layer has a folder of that name: it takes the place of the link, as in every runtime.
      'lib/y',
      'usr/',
      'usr/lib/',
      'usr/lib/x',
    ]);
    expect(await rig.contentOf('etc/a')).toBe('changed');
  });

  it('that is not there, or leads out of itself, is refused where it is named', async () => {
    await rig.describe('rootfs: none');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:4:\d+ +INGOT_ROOTFS_MISSING/);
    await rig.describe('rootfs: root');
    await mkdir(rig.path('app/root/etc'), { recursive: true });
    await symlink('../../../etc/passwd', rig.path('app/root/etc/passwd'));
    expect(await rig.failure()).toMatch(
      /^app\/os-image\.yaml:4:\d+ +INGOT_ROOTFS_LINK .*\/etc\/passwd → \.\.\/\.\.\/\.\.\/etc\/passwd/,
    );
    await run(referee('tar'), [
      '-C',
      rig.path('app/root'),
      '-cPf',
      rig.path('app/bad.tar'),
      '--transform',
      's,^,../,',
      'etc',
    ]);
    await rig.describe('rootfs: bad.tar');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:4:\d+ +INGOT_TAR_PATH/);
  });
});

describe('files over a root file system', () => {
  beforeEach(async () => {
    await rig.write({
      'app/root/root/.profile': 'old',
      'app/root/usr/bin/env': 'env',
      'app/over/root/.profile': 'new',
      'app/over/bin/tool': 'tool',
    });
    await chmod(rig.path('app/root/root'), 0o700);
    await symlink('usr/bin', rig.path('app/root/bin'));
  });

  it('take the place of what is there; folders stay as they are, links are followed', async () => {
    await rig.describe(
      'rootfs: root\nfiles: [{ from: over, to: / }, { from: over/bin/tool, to: /sbin/init, mode: "0755" }]',
    );
    // `bin` is a link in the root: what is copied into it is a folder there.
    await rig.build();
    const lines = await rig.listing();
    expect(lines).toContain(`drwx------ 0/0 0 ${stamp} root/`);
    expect(lines).toContain(`-rwxr-xr-x 0/0 4 ${stamp} sbin/init`);
    expect(lines).toContain(`-rw-r--r-- 0/0 4 ${stamp} usr/bin/tool`);
    expect(lines).toContain(`lrwxrwxrwx 0/0 0 ${stamp} bin -> usr/bin`);
    expect(await rig.contentOf('root/.profile')).toBe('new');
  });

  it('that cannot lie there are an error at their line', async () => {
    await rig.describe('rootfs: root\nfiles:\n  - { from: over/bin/tool, to: /usr/bin/env/tool }');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:6:\d+ +INGOT_ROOTFS_PATH .*\/usr\/bin\/env is a file/);
  });
});

describe('a root file system by a command', () => {
  it('is what the program leaves, with kernel and initramfs beside it', async () => {
    await rig.program(
      'app/make.sh',
      `#!/bin/sh
echo "for $1 at $SOURCE_DATE_EPOCH"; mkdir -p out-$1/etc; echo hi > out-$1/etc/motd; echo kernel > $1.kernel; echo initrd > $1.initrd\n`,
    );
    await rig.describe(
      'command: { run: [./make.sh, "{arch}"], rootfs: "out-{arch}", kernel: "{arch}.kernel", initrd: "{arch}.initrd" }\nformats: [onmetal]',
    );
    const result = await rig.build();
    expect(await rig.contentOf('etc/motd')).toBe('hi\n');
    expect(await rig.read('out/amd64/vmlinuz')).toBe('kernel\n');
    expect(result.architectures[0]).toMatchObject({
      kernel: { source: '', size: 7 },
      initrd: { path: 'amd64/initrd' },
    });
    expect(await rig.read('out/amd64/build.log')).toBe(`for amd64 at ${time}\n`);
  });

  it('is what it leaves in a folder of the run, too, and in nobody else’s', async () => {
    await rig.program('app/make.sh', '#!/bin/sh\nmkdir -p "$1/root/etc"; echo "$2" > "$1/root/etc/motd"\n');
    await rig.describe('command: { run: [./make.sh, "{output}", hi], rootfs: "{output}/root" }');
    await rig.build();
    expect(await rig.contentOf('etc/motd')).toBe('hi\n');
    await rig.describe('command: { run: [./make.sh, "{output}", hi], rootfs: "{output}/../x" }');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:4:\d+ +INGOT_IMAGE_PATH/);
  });

  it('that fails says so with the end of its log; that leaves nothing, too', async () => {
    await rig.program('app/make.sh', '#!/bin/sh\necho no such luck >&2; exit 3\n');
    await rig.describe('command: { run: [./make.sh], rootfs: out }');
    expect(await rig.failure()).toMatch(
      /^app\/os-image\.yaml:4:12 +INGOT_ROOTFS_BUILD +\.\/make\.sh ended with 3[\s\S]*no such luck/,
    );
    await rig.program('app/make.sh', '#!/bin/sh\n');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:4:\d+ +INGOT_ROOTFS_MISSING/);
    await rig.describe('command: { run: [./make.sh], rootfs: ../out }');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:4:\d+ +INGOT_IMAGE_PATH/);
    await rig.describe('command: { run: [no-such-program-here], rootfs: out }');
    expect(await rig.failure()).toMatch(/INGOT_ROOTFS_BUILD +no-such-program-here is not there/);
  });
});

describe('a root file system that is to boot', () => {
  it('needs a kernel and its initramfs, unless it is for a container', async () => {
    await rig.write({ 'app/root/boot/vmlinuz-6.1': 'kernel' });
    await rig.describe('rootfs: root\nformats: [container]');
    await rig.build();
    await rig.describe('rootfs: root\nformats: [disk, container]');
    expect(await rig.failure()).toMatch(
      /^app\/os-image\.yaml:5:\d+ +INGOT_ROOTFS_NO_KERNEL .*no initramfs for \/boot\/vmlinuz-6\.1, which disk boot/,
    );
    await rm(rig.path('app/root/boot/vmlinuz-6.1'));
    expect(await rig.failure()).toMatch(/INGOT_ROOTFS_NO_KERNEL .*no kernel/);
  });

  it('is told of host keys that all machines would share', async () => {
    await rig.write({ 'app/root/etc/ssh/ssh_host_rsa_key': 'key' });
    await rig.describe('rootfs: root');
    await rig.build();
    expect(rig.notes).toEqual([expect.stringContaining('/etc/ssh/ssh_host_rsa_key')]);
  });

  it('needs one kernel, or the word which', async () => {
    const boot = {
      'boot/vmlinuz-1': 'one',
      'boot/initrd.img-1': 'i1',
      'boot/vmlinuz-2': 'two',
      'boot/initrd.img-2': 'i2',
    };
    await rig.write(Object.fromEntries(Object.entries(boot).map(([path, text]) => [`app/root/${path}`, text])));
    await rig.describe('rootfs: root\nformats: [disk]');
    expect(await rig.failure()).toContain('INGOT_ROOTFS_KERNELS');
    await rig.describe('rootfs: root\nkernel: /boot/vmlinuz-2\nformats: [disk]');
    await rig.build();
    expect([await rig.read('out/amd64/vmlinuz'), await rig.read('out/amd64/initrd')]).toEqual(['two', 'i2']);
  });
});

describe('packages of a root file system', () => {
  beforeEach(async () => {
    await rig.write({
      'app/root/var/lib/dpkg/status': `Package: b\nStatus: install ok installed\nArchitecture: all\nVersion: 2\nDescription: b\n\nPackage: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:1\nDescription: a\n`,
    });
    await rig.describe('rootfs: root');
  });

  it('are listed as dpkg and Garden Linux list them', async () => {
    const result = await rig.build();
    expect(await rig.read('out/amd64/manifest')).toBe('a 1:1\nb 2\n');
    expect(await rig.read('out/amd64/packages.txt')).toMatch(/^ii {2}a +1:1 +amd64 +a$/m);
    expect(result.architectures[0]!.packageCount).toBe(2);
  });

  it('are compared with the lock, where versions cannot be forced', async () => {
    expect(await rig.lock()).toMatchObject({ count: 2 });
    expect(await rig.read('app/packages.lock')).not.toContain('suite');
    await rig.build();
    await rig.write({
      'app/root/var/lib/dpkg/status': `Package: b\nStatus: install ok installed\nArchitecture: all\nVersion: 3\nDescription: b\n`,
    });
    const text = await rig.failure();
    expect(text).toMatch(/^app\/packages\.lock:\d+:\d+ +INGOT_LOCK_DIFFERENT/);
    expect(text).toContain('a: 1:1, installed is none');
    expect(text).toContain('b: 2, installed is 3');
    expect((await rig.lock()).upgraded).toMatchObject([{ name: 'b', from: '2', to: '3' }]);
  });

  it('may be there for several architectures, each with a version of its own', async () => {
    const status = (foreign: string) =>
      [`libc6 amd64 2.36`, `libc6 i386 ${foreign}`, 'tool amd64 1']
        .map((each) => each.split(' '))
        .map(
          ([name, architecture, version]) =>
            `Package: ${name}\nStatus: install ok installed\nArchitecture: ${architecture}\nVersion: ${version}\nDescription: x\n`,
        )
        .join('\n');
    await rig.write({ 'app/root/var/lib/dpkg/status': status('2.36') });
    expect(await rig.lock()).toMatchObject({ count: 3, added: [{ name: 'libc6:amd64' }, { name: 'libc6:i386' }, {}] });
    await rig.build();
    await rig.write({ 'app/root/var/lib/dpkg/status': status('2.37') });
    const text = await rig.failure();
    expect(text).toMatch(/^app\/packages\.lock:8:7 +INGOT_LOCK_DIFFERENT .*\(1 packages\)/);
    expect(text).toContain('libc6:i386: 2.36, installed is 2.37');
    expect((await rig.lock()).upgraded).toMatchObject([{ name: 'libc6:i386', from: '2.36', to: '2.37' }]);
  });

  it('that are none, since there is no dpkg, make no lock', async () => {
    await rm(rig.path('app/root/var'), { recursive: true });
    await rig.write({ 'app/root/etc/alpine-release': '3' });
    expect(await rig.failure(() => rig.lock())).toMatch(/^app\/os-image\.yaml:4:1 +INGOT_LOCK_NO_PACKAGES/);
    await expect(rig.read('app/packages.lock')).rejects.toThrow('ENOENT');
    await rig.build();
  });
});
