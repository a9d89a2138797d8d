import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { file } from '../test/input.ts';
import type { MadeFormat } from '../format.ts';
import type { DiskFacts } from './facts.ts';
import { makeDisk } from './make.ts';
import { diskInput, outputFile } from './test/disk-input.ts';
import { verifyDisk } from './verify.ts';

let folder = '';
const at = (...names: readonly string[]) => join(folder, ...names);
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ingot-disk-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], env: environment });
}
const environment = { ...process.env, LC_ALL: 'C', TZ: 'UTC', MTOOLSRC: '/dev/null' };

function factsOf(made: MadeFormat): DiskFacts {
  return (made.facts?.['disks'] as DiskFacts[])[0]!;
}

describe('a disk', () => {
  let made: MadeFormat;
  let facts: DiskFacts;
  const raw = () => at('one', 'out', 'demo-amd64.raw');
  beforeAll(async () => {
    made = await makeDisk(await diskInput(at('one'), { outputs: ['raw', 'qcow2', 'qcow2-compressed'] }));
    facts = factsOf(made);
  });

  it('has a partition table that sfdisk takes, with the types that firmware and systemd look for', () => {
    expect(run(referee('sfdisk'), '--verify', raw())).toContain('No errors detected');
    const { partitiontable } = JSON.parse(run(referee('sfdisk'), '--json', raw())) as {
      partitiontable: { label: string; id: string; partitions: Record<string, unknown>[] };
    };
    expect(partitiontable).toMatchObject({
      label: 'gpt',
      id: facts.diskUuid.toUpperCase(),
      partitions: [
        { start: 2048, size: 33 * 2048, type: 'C12A7328-F81F-11D2-BA4B-00A0C93EC93B', name: 'esp' },
        { start: 34 * 2048, type: '4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709', uuid: facts.root.uuid.toUpperCase() },
      ],
    });
    expect(facts.root.offset + facts.root.size + 2 ** 20).toBe(facts.diskSize);
    expect(statSync(raw()).size).toBe(facts.diskSize);
  });

  it('has a root file system without a fault, and free room', () => {
    const root = `${raw()}?offset=${facts.root.offset}`;
    expect(run(referee('e2fsck'), '-fn', root)).not.toMatch(/Fix|error/);
    const about = run(referee('debugfs'), '-R', 'show_super_stats -h', root);
    expect(about).toContain(`Filesystem UUID:          ${facts.root.fileSystemUuid}`);
    expect(about).toMatch(/Filesystem state: +clean/);
    expect(about).toContain(`Free blocks:              ${facts.root.free / 4096}`);
    expect(facts.root.free).toBeGreaterThanOrEqual(2 ** 20);
  });

  it('has an EFI system partition without a fault, from which systemd-boot starts the kernel', () => {
    const esp = `${raw()}@@${facts.esp.offset}`;
    run('dd', `if=${raw()}`, `of=${at('esp')}`, 'bs=1M', 'skip=1', 'count=33', 'status=none');
    expect(run(referee('fsck.vfat'), '-n', at('esp'))).toMatch(/11 files/);
    const read = (path: string) => run(referee('mtype'), '-i', esp, `::${path}`);
    expect(read(facts.esp.loader)).toBe('loader for amd64');
    expect(read(facts.esp.kernel)).toBe('kernel of amd64');
    expect(read(facts.esp.initrd!)).toBe('initrd of amd64');
    expect(read('loader/loader.conf')).toBe('default demo.conf\ntimeout 0\nconsole-mode keep\n');
    expect(read('loader/entries/demo.conf')).toBe(
      [
        'title demo 12.0.20260101',
        'version 12.0.20260101',
        'architecture x64',
        'linux /demo/linux',
        'initrd /demo/initrd',
        `options root=PARTUUID=${facts.root.uuid} rw console=ttyS0,115200`,
        '',
      ].join('\n'),
    );
    expect(run(referee('mdir'), '-/', '-a', '-i', esp, '::')).not.toMatch(/\d{4}-\d\d-\d\d(?<!2026-01-01)/);
  });

  it('is the same disk as qcow2, plain and compressed', () => {
    for (const name of ['demo-amd64.qcow2', 'demo-amd64-compressed.qcow2']) {
      expect(run(referee('qemu-img'), 'check', at('one', 'out', name))).toContain('No errors were found');
      expect(run(referee('qemu-img'), 'compare', raw(), at('one', 'out', name))).toContain('Images are identical');
    }
    expect(statSync(at('one', 'out', 'demo-amd64-compressed.qcow2')).size).toBeLessThan(
      statSync(at('one', 'out', 'demo-amd64.qcow2')).size / 2,
    );
  });

  it('is sparse, is all that there is, and passes our own verify', async () => {
    expect(statSync(raw()).blocks * 512).toBeLessThan(2 * 2 ** 20);
    expect(readdirSync(at('one', 'out')).sort()).toEqual([
      'demo-amd64-compressed.qcow2',
      'demo-amd64.qcow2',
      'demo-amd64.raw',
    ]);
    const result = { ingot: 'os-image-result/v1', format: 'disk', name: 'demo', version: '1', ...made } as const;
    expect(await verifyDisk({ folder: at('one', 'out'), result })).toEqual([]);
  });

  it('is the same, byte for byte, for another user in another place with another umask and time zone', () => {
    mkdirSync(at('other'));
    chownSync(at('other'), 65534, 65534);
    execFileSync('chmod', ['755', folder]);
    const script = fileURLToPath(new URL('./test/build.ts', import.meta.url));
    const told = execFileSync(
      'setpriv',
      [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        '--conditions=ingot-source',
        script,
        at('other', 'b?@@ u'),
      ],
      {
        env: { PATH: process.env['PATH'], TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', HOME: '/nonexistent' },
        encoding: 'utf8',
      },
    );
    expect(JSON.parse(told)).toEqual({
      uid: 65534,
      zone: 'Asia/Tokyo',
      made: JSON.parse(JSON.stringify(made)) as unknown,
    });
    expect(statSync(at('other', 'b?@@ u', 'out', 'demo-amd64.raw')).mode & 0o777).toBe(0o644);
  });
});

describe('makeDisk', () => {
  it('makes a disk for each architecture, with identifiers that do not depend on the content', async () => {
    const architectures = ['amd64', 'arm64'] as const;
    const input = await diskInput(at('two'), {}, { architectures });
    const both = (await makeDisk(input)).facts?.['disks'] as DiskFacts[];
    expect(both.map(({ esp }) => esp.loader)).toEqual(['EFI/BOOT/BOOTX64.EFI', 'EFI/BOOT/BOOTAA64.EFI']);
    const uuids = both.flatMap(({ diskUuid, esp, root }) => [diskUuid, esp.uuid, root.uuid, root.fileSystemUuid]);
    expect(new Set(uuids).size).toBe(8);
    expect(run(referee('sfdisk'), '--json', outputFile(input, 'demo-arm64.raw'))).toContain(
      'B921B045-1DF0-41C3-AF44-4C6F280D3FAE',
    );
    const entries = [file('usr/lib/systemd/boot/efi/systemd-bootx64.efi', 'another')];
    const [other] = (await makeDisk(await diskInput(at('three'), {}, { entries }))).facts?.['disks'] as DiskFacts[];
    expect(other?.root).toMatchObject({ uuid: both[0]!.root.uuid, fileSystemUuid: both[0]!.root.fileSystemUuid });
  });

  it('leaves a partition what a given size leaves, and says how much is missing', async () => {
    const entries = [file('usr/lib/systemd/boot/efi/systemd-bootx64.efi'), file('large', Buffer.alloc(12_000_000, 7))];
    const size = 45 * 2 ** 20;
    const failure = await makeDisk(await diskInput(at('small'), { size }, { entries })).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'INGOT_DISK_TOO_SMALL', place: { line: 3 } });
    const missing = Number(/(\d+) bytes are missing/.exec((failure as Error).message)![1]);
    expect(missing % 2 ** 20).toBe(0);
    expect(readdirSync(at('small', 'out'))).toEqual(['demo-amd64.raw']);

    const input = await diskInput(at('enough'), { size: size + missing + 512 }, { entries });
    const facts = factsOf(await makeDisk(input));
    expect(facts.diskSize).toBe(size + missing + 512);
    expect(run(referee('sfdisk'), '--verify', outputFile(input))).toContain('No errors detected');
    run(referee('e2fsck'), '-fn', `${outputFile(input)}?offset=${facts.root.offset}`);
  });

  it('says how large the EFI system partition must be', async () => {
    const input = await diskInput(at('esp-small'), { espSize: 20 * 2 ** 20 });
    await expect(makeDisk(input)).rejects.toMatchObject({
      code: 'INGOT_DISK_TOO_SMALL',
      message: expect.stringContaining(`${13 * 2 ** 20} bytes`),
      help: 'write `esp: 33MiB` or more',
      place: { line: 3 },
    });
  });

  it('names what is missing: a kernel, a boot loader', async () => {
    const kernel = await diskInput(at('kernel'), {}, { without: ['kernel'] });
    await expect(makeDisk(kernel)).rejects.toMatchObject({ code: 'INGOT_OS_IMAGE_KERNEL' });
    for (const [bootloader, brings] of [
      ['systemd-boot', 'systemd-boot-efi'],
      ['grub', 'grub-efi-arm64-bin'],
    ] as const) {
      const none = await diskInput(at(bootloader), { bootloader }, { entries: [], architectures: ['arm64'] });
      await expect(makeDisk(none)).rejects.toMatchObject({
        code: 'INGOT_DISK_BOOTLOADER',
        help: expect.stringContaining(brings),
        place: { line: 3 },
      });
    }
  });

  it('takes GRUB, which finds the kernel by the number of the volume', async () => {
    const input = await diskInput(at('grub-built'), { bootloader: 'grub' }, { without: ['initrd'] });
    const { esp, root } = factsOf(await makeDisk(input));
    const told = run(referee('mtype'), '-i', `${outputFile(input)}@@${esp.offset}`, '::EFI/BOOT/BOOTX64.EFI');
    expect(told).toContain(
      [
        `search --no-floppy --set=root --fs-uuid ${esp.volume}`,
        `linux '/demo/linux' 'root=PARTUUID=${root.uuid}' 'rw' 'console=ttyS0,115200'`,
        'boot',
      ].join('\n'),
    );
    expect(run('blkid', '-p', '-O', String(esp.offset), '-s', 'UUID', '-o', 'value', outputFile(input)).trim()).toBe(
      esp.volume,
    );
    expect(input.notes).toEqual(['amd64: no initrd; the kernel must find its root disk by itself']);
  });

  it.each([
    ['grub', 'dyndbg="file x +p"'],
    ['systemd-boot', 'a\nlinux /other'],
  ] as const)('refuses a command line that %s cannot take: %j', async (bootloader, commandLine) => {
    const input = await diskInput(at('line', bootloader), { bootloader }, { description: { commandLine } });
    await expect(makeDisk(input)).rejects.toMatchObject({ code: 'INGOT_DISK_COMMAND_LINE', place: { line: 2 } });
  });

  it('stops when it is told to, with nothing left to run and no temporary tree', async () => {
    for (const label of ['unpacking amd64', 'ext4 for amd64', 'qcow2 for amd64']) {
      const controller = new AbortController();
      const input = await diskInput(at('stopped', label), { outputs: ['qcow2'] });
      const stage = (found: string) => {
        if (found === label) setTimeout(() => controller.abort(new Error('enough')), 5);
        return () => {};
      };
      await expect(makeDisk({ ...input, signal: controller.signal, stage })).rejects.toThrow('enough');
      expect(existsSync(join(input.folder, '.work'))).toBe(false);
    }
  });

  it('survives a full disk, and says so', async () => {
    for (const size of ['2m', '4m', '6m']) {
      const input = await diskInput(
        at('full', size),
        { outputs: ['raw', 'qcow2'] },
        {
          entries: [file('usr/lib/systemd/boot/efi/systemd-bootx64.efi'), file('noise', noise(2_500_000))],
        },
      );
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', input.folder]);
      try {
        await expect(makeDisk(input)).rejects.toMatchObject({ code: 'INGOT_DISK_FULL' });
        expect(existsSync(join(input.folder, '.work'))).toBe(false);
      } finally {
        execFileSync('umount', [input.folder]);
      }
    }
  });
});

/** Bytes of which no page is zeros, and that do not compress. */
function noise(size: number): Buffer {
  const hashes = Array.from({ length: Math.ceil(size / 64) }, (_, i) =>
    createHash('sha512').update(String(i)).digest(),
  );
  return Buffer.concat(hashes).subarray(0, size);
}
