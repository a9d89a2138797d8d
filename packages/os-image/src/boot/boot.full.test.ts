import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOfFile, type LayerEntry } from '@ingot/content';
import { smallRootfs, writeTar } from '../../../../tools/os-image/small-root.ts';
import { bootImage } from './boot.ts';
import { bootInput, check, make, type Made } from './test/rig.ts';

/** A machine under software emulation, on a machine that does other things as well. */
const LIMIT = 400_000;
const timeLimit = 300;

let folder: string;
let made: Made;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-boot-full-'));
  made = await make(folder, ['disk', 'onmetal', 'metal-stack'], {
    disk: {
      size: undefined,
      free: 2 ** 24,
      espSize: 2 ** 26,
      bootloader: 'systemd-boot',
      outputs: ['raw', 'qcow2-compressed'],
    },
  });
}, LIMIT);
afterAll(() => rm(folder, { recursive: true, force: true }));

const left = async () => (await readdir(folder)).filter((name) => name.startsWith('.'));

describe('metal-stack’s way', { timeout: LIMIT }, () => {
  it('unpacks the archive, runs its installer, boots what that says; nobody is who he was', async () => {
    const checks = [
      check('hostname', { text: 'machine-7' }),
      check('cat /proc/cmdline', { text: 'root=UUID=' }),
      check('cat /etc/metal/install.yaml', { text: 'role: firewall' }),
      check('stat -c "%u:%g %a" /home/metal /root /usr/bin/su', { text: '0:0 755\n0:0 755\n0:0 4755' }),
    ];
    const installYaml = { hostname: 'machine-7', role: 'firewall' };
    const input = bootInput(made, 'metal-stack', { checks, installYaml, timeLimit });
    const report = await bootImage(input);
    expect(report).toMatchObject({ passed: true, start: 'kernel' });
    expect(report.commandLine).toMatch(/^console=ttyS0,115200n8 root=UUID=[0-9a-f-]{36} init=\/sbin\/init rw$/);
    const log = await readFile(join(folder, 'boot/metal-stack-amd64.log'), 'utf8');
    expect(log.match(/Linux version/g)).toHaveLength(2);
    expect(log).toContain('installer: installing machine-7');
    expect(input.stages).toEqual(
      ['unpacking', 'installing', 'booting', 'checking'].map((stage) => `${stage} metal-stack amd64`),
    );
    expect(await left()).toEqual([]);
  });

  it.each([
    ['fails', 'echo no disk; exit 7', 'ended with 7:\nno disk'],
    ['restarts', 'echo b > /proc/sysrq-trigger; sleep 60', "the image's installer did not end"],
    ['leaves no boot-info.yaml', 'true', 'has written no /etc/metal/boot-info.yaml'],
    [
      'names a kernel that is not there',
      info('/boot/vmlinuz-none'),
      'its kernel /boot/vmlinuz-none is not in the image',
    ],
  ])('ends where the installer %s', async (_, installer, message) => {
    const other = await withInstaller(`#!/bin/sh\n${installer}\n`);
    try {
      await expect(bootImage(bootInput(other, 'metal-stack', { timeLimit }))).rejects.toMatchObject({
        code: 'INGOT_BOOT_INSTALL',
        message: expect.stringContaining(message),
      });
    } finally {
      await rm(other.description.folder, { recursive: true, force: true });
    }
  });
});

describe('the ways of onmetal and of whole disks', { timeout: LIMIT }, () => {
  it('boot kernel, initramfs and command line of the store', async () => {
    const report = await bootImage(bootInput(made, 'onmetal', { checks: [check('true')], timeLimit }));
    expect(report).toMatchObject({ passed: true, start: 'kernel' });
  });

  it.each(['raw', 'qcow2-compressed'])('boot a disk (%s) by UEFI, which is not changed', async (role) => {
    const disk = made.formats.get('disk')!;
    const [file] = disk.result.files.filter((each) => each.role === role);
    const input = bootInput(made, 'disk', {
      checks: [check('cat /proc/cmdline', { text: 'root=PARTUUID=' })],
      timeLimit,
    });
    const format = { ...disk, result: { ...disk.result, files: [file!] } };
    const report = await bootImage({ ...input, format });
    expect(report).toMatchObject({ passed: true, start: 'uefi' });
    expect(await digestOfFile(join(disk.folder, file!.path))).toBe(file!.digest);
  });

  it('tell of a kernel that does not find its root', async () => {
    const kernelWithoutInitrd = { ...made.description, commandLine: 'console=ttyS0 init=/nothing panic=0' };
    const other = await make(join(folder, 'panic'), ['disk', 'onmetal'], kernelWithoutInitrd, made);
    await expect(bootImage(bootInput(other, 'onmetal', { timeLimit }))).rejects.toMatchObject({
      code: 'INGOT_BOOT_PANIC',
      message: expect.stringContaining('Kernel panic - not syncing'),
    });
  });
});

function info(kernel: string): string {
  return `printf 'kernel: ${kernel}\\ninitrd: /i\\ncmdline: c\\nbootloader_id: b\\n' > /etc/metal/boot-info.yaml`;
}

/** The small root with another install.sh, as an archive of metal-stack. */
async function withInstaller(text: string): Promise<Made> {
  const own = await mkdtemp(join(tmpdir(), 'ingot-installer-'));
  const { root, result, rootfsFolder } = await smallRootfs(own);
  const content = Buffer.from(text);
  const entries = root.entries.map((entry): LayerEntry =>
    entry.path === 'install.sh' && entry.type === 'file' ? { ...entry, content, size: content.length } : entry,
  );
  await writeTar(root.tar, entries);
  const [architecture] = result.architectures;
  const tar = { ...architecture.tar, digest: await digestOfFile(root.tar) };
  const rootfs = { ...result, architectures: [{ ...architecture, tar }] };
  return make(own, ['metal-stack'], { folder: own }, { rootfs, rootfsFolder });
}
