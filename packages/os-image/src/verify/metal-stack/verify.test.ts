import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf, type LayerEntry } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { testFolder } from '../../../../../tools/registry/temporary-folder.ts';
import { makeMetalStack } from '../../format/metal-stack/make.ts';
import type { FormatFile } from '../../format/format.ts';
import {
  directory,
  file,
  packageNames as names,
  resultOf,
  rootEntries,
  symlink,
  testInput,
  version,
  writeTar,
} from '../../format/test/input.ts';
import type { Finding } from '../finding.ts';
import { packageNames } from './recommended.ts';
import { verifyMetalStack } from './verify.ts';

const at = testFolder();
const signal = new AbortController().signal;
const folder = 'stable/debian/12.0';
const own = { mode: 0o644, uid: 0, gid: 0 };

interface Sample {
  readonly entries?: readonly LayerEntry[];
  /** Instead of `entries`. */
  readonly tar?: Buffer;
  readonly lz4?: readonly string[];
  readonly change?: (archive: Buffer) => Buffer;
  readonly md5?: (sum: string) => string | undefined;
  readonly packages?: string | undefined;
  readonly name?: string;
  readonly version?: string;
}

const installed = names.map((name) => `ii  ${name}:amd64  1.0  amd64  what it is\n`).join('');

/** What is found in a tree that is made with other tools than ours. */
async function verify(sample: Sample = {}): Promise<readonly Finding[]> {
  const { lz4 = ['-9'], change = (same) => same, name = 'img.tar.lz4', md5 = (sum) => `${sum}  ${name}\n` } = sample;
  await writeTar(at('root.tar'), sample.entries ?? rootEntries);
  const input = sample.tar ?? readFileSync(at('root.tar'));
  const archive = change(execFileSync(referee('lz4'), ['-q', '-z', ...lz4, '-c', '-'], { input, maxBuffer: 1 << 28 }));
  const files: FormatFile[] = [];
  const put = (path: string, bytes: Buffer, role: string): void => {
    mkdirSync(at(folder), { recursive: true });
    writeFileSync(at(folder, path), bytes);
    files.push({ path: `${folder}/${path}`, size: bytes.length, digest: digestOf(bytes), role });
  };
  put(name, archive, 'archive');
  const line = md5(createHash('md5').update(archive).digest('hex'));
  if (line !== undefined) put(`${name}.md5`, Buffer.from(line), 'md5');
  const packages = 'packages' in sample ? sample.packages : installed;
  if (packages !== undefined) put('packages.txt', Buffer.from(packages), 'packages');
  return verifyMetalStack(resultOf('metal-stack', { files, roots: [] }, sample.version ?? version), at(), signal);
}

const rules = (findings: readonly Finding[], level: Finding['level']): string[] =>
  findings.filter((finding) => finding.level === level).map(({ rule }) => rule);

const without = (...paths: string[]): LayerEntry[] => rootEntries.filter(({ path }) => !paths.includes(path));

describe('a tree that metal-stack takes', () => {
  it('has no errors and no warnings, only the note that boot-info.yaml comes later', async () => {
    const findings = await verify();
    expect(findings).toEqual([
      expect.objectContaining({ level: 'note', rule: 'metal-stack/boot-info', help: expect.stringContaining('boot') }),
    ]);
  });

  it('is what our own format makes', async () => {
    const input = await testInput(at());
    const result = resultOf('metal-stack', await makeMetalStack(input));
    expect(rules(await verifyMetalStack(result, input.folder, signal), 'error')).toEqual([]);
  });

  it.each([
    ['dependent blocks', { lz4: ['-9', '-BD'] }],
    ['level 12', { lz4: ['-12'] }],
    ['--fast', { lz4: ['--fast=3'] }],
    ['no content checksum', { lz4: ['-9', '--no-frame-crc'] }],
    ['a leading skippable frame', { change: (bytes) => Buffer.concat([skippable, bytes]) }],
    ['an md5 file that is the sum alone, without a line end', { md5: (sum) => sum }],
    [
      'install-go instead of install.sh',
      { entries: [...without('install.sh'), file('install-go', 'x', { mode: 0o755 })] },
    ],
    ['install.sh as a link', { entries: linkedInstaller() }],
  ] as [string, Sample][])('may have %s', async (_, sample) => {
    expect(rules(await verify(sample), 'error')).toEqual([]);
  });
});

/** FLG bit 0, and the dictionary's number behind BD (LZ4 frame format, § Frame Descriptor). */
function withDictionary(bytes: Buffer): Buffer {
  const flags = Buffer.from([bytes[4]! | 1, bytes[5]!, 1, 2, 3, 4]);
  return Buffer.concat([bytes.subarray(0, 4), flags, bytes.subarray(6)]);
}

const skippable = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 9]);

function linkedInstaller(): LayerEntry[] {
  return [...without('install.sh'), file('opt/run', 'x', { mode: 0o755 }), symlink('install.sh', 'opt/run')];
}

describe('refused is', () => {
  it.each([
    ['a version of another form', 'version', { version: '1.2.3' }],
    ['a name that does not end in lz4', 'name', { name: 'img.tar' }],
    ['an md5 of something else', 'md5', { md5: () => `${'0'.repeat(32)}  img.tar.lz4\n` }],
    ['a bare md5 with a line end', 'md5', { md5: (sum) => `${sum}\n` }],
    ['an md5 in the BSD form', 'md5', { md5: (sum) => `MD5 (img.tar.lz4) = ${sum}\n` }],
    ['an md5 in upper case', 'md5', { md5: (sum) => `${sum.toUpperCase()}  img.tar.lz4\n` }],
    ['a missing md5', 'md5', { md5: () => undefined }],
    ['checksums of blocks', 'lz4', { lz4: ['-9', '-BX'] }],
    ['a legacy frame', 'lz4', { lz4: ['-l'] }],
    ['two frames', 'lz4', { change: (bytes) => Buffer.concat([bytes, bytes]) }],
    ['a frame that needs a dictionary', 'lz4', { change: withDictionary }],
    ['something behind the frame', 'lz4', { change: (bytes) => Buffer.concat([bytes, Buffer.from('rest')]) }],
    ['a root below a folder', 'root', { entries: rootEntries.map((each) => ({ ...each, path: `root/${each.path}` })) }],
    ['a tar without a root', 'root', { entries: [file('readme')] }],
    ['no installer', 'install', { entries: without('install.sh') }],
    [
      'an installer that cannot be run',
      'install',
      { entries: [...without('install.sh'), file('install.sh', 'boot-info.yaml')] },
    ],
    ['no kernel', 'kernel', { entries: without('boot/vmlinuz-6.1.0') }],
    [
      'a kernel that is a link to nowhere',
      'kernel',
      { entries: [...without('boot/vmlinuz-6.1.0'), symlink('boot/vmlinuz', 'gone')] },
    ],
    ['no initrd', 'initrd', { entries: without('boot/initrd.img-6.1.0') }],
    ['no init', 'init', { entries: without('usr/sbin/init') }],
    ['no os-release', 'os-release', { entries: without('etc/os-release') }],
  ] as [string, string, Sample][])('%s', async (_, rule, sample) => {
    expect(rules(await verify(sample), 'error')).toContain(`metal-stack/${rule}`);
  });

  it('a tree whose md5 has been deleted', async () => {
    const input = await testInput(at());
    const result = resultOf('metal-stack', await makeMetalStack(input));
    rmSync(join(input.folder, result.files[1]!.path));
    expect(rules(await verifyMetalStack(result, input.folder, signal), 'error')).toEqual(['metal-stack/md5']);
  });

  it('a tree without an archive', async () => {
    const nothing = resultOf('metal-stack', { files: [], roots: [] });
    expect(rules(await verifyMetalStack(nothing, at(), signal), 'error')).toEqual(['metal-stack/archive']);
  });

  it('an archive that is not what the target made', async () => {
    const input = await testInput(at());
    const result = resultOf('metal-stack', await makeMetalStack(input));
    const path = join(input.folder, result.files[0]!.path);
    const bytes = readFileSync(path);
    bytes[bytes.length - 20]! ^= 1;
    writeFileSync(path, bytes);
    const found = rules(await verifyMetalStack(result, input.folder, signal), 'error');
    expect(found).toEqual(expect.arrayContaining(['metal-stack/changed', 'metal-stack/md5', 'metal-stack/unpack']));
  });

  it('a tar that ends early, or is none', async () => {
    await writeTar(at('root.tar'), rootEntries);
    const tar = readFileSync(at('root.tar'));
    expect(rules(await verify({ tar: tar.subarray(0, 5000) }), 'error')).toEqual(['metal-stack/unpack']);
    expect(rules(await verify({ tar: Buffer.from('x'.repeat(2000)) }), 'error')).toEqual(['metal-stack/unpack']);
  });

  it('a path that is there twice, however it is written', async () => {
    const findings = await verify({ tar: twice(['etc/os-release'], ['./etc/os-release']) });
    expect(rules(findings, 'error')).toContain('metal-stack/duplicate');
    expect(findings.find(({ rule }) => rule.endsWith('duplicate'))!.message).toContain('etc/os-release');
    // Folders are made where they are not there yet.
    expect(rules(await verify({ tar: twice(['boot'], ['boot']) }), 'error')).not.toContain('metal-stack/duplicate');
  });

  it('a sparse entry of GNU tar, not one of pax', async () => {
    expect(rules(await verify({ tar: sparse('gnu') }), 'error')).toContain('metal-stack/gnu-sparse');
    expect(rules(await verify({ tar: sparse('posix') }), 'error')).not.toContain('metal-stack/gnu-sparse');
  });

  it('an entry of a type that no file system has', async () => {
    await writeTar(at('root.tar'), rootEntries);
    const tar = gnuTar([`--listed-incremental=${at('snapshot')}`, ...unpacked()]);
    expect(rules(await verify({ tar }), 'error')).toEqual(['metal-stack/type']);
  });

  it('a path that leads out', async () => {
    await writeTar(at('root.tar'), rootEntries);
    const tar = gnuTar(['-P', '--transform=s,^install.sh,../install.sh,', ...unpacked()]);
    expect(rules(await verify({ tar }), 'error')).toContain('metal-stack/path');
  });
});

describe('warned is of', () => {
  it.each([
    ['device', { type: 'character', path: 'dev/null', ...own, major: 1, minor: 3 }],
    ['device', { type: 'fifo', path: 'run/initctl', ...own }],
    ['owner', file('etc/shadow', '', { gid: 42 })],
    ['folder-mode', directory('root', 0o700)],
    ['attribute', file('usr/bin/ping', '', { xattrs: { 'security.capability': Buffer.from('x') } })],
  ] as [string, LayerEntry][])('what its unpacker loses: %s', async (rule, entry) => {
    const findings = await verify({ entries: [...rootEntries, entry] });
    expect(rules(findings, 'warning')).toEqual([`metal-stack/${rule}`]);
    expect(findings.find(({ level }) => level === 'warning')!.message).toContain(entry.path);
  });

  it('every program whose setuid or setgid owner is lost, unless install.sh names it', async () => {
    const programs = ['chage', 'expiry', 'crontab', 'ssh-agent', 'wall', 'write', 'at'].map((name) =>
      file(`usr/bin/${name}`, '', { mode: 0o2755, gid: 42 }),
    );
    const helper = file('usr/lib/dbus-daemon-launch-helper', '', { mode: 0o4754, gid: 106 });
    const roots = file('usr/bin/su', '', { mode: 0o4755 });
    const folder = directory('var/mail', 0o2775, { gid: 8 });
    const script = 'chgrp shadow /usr/bin/chage; chmod 2755 "/usr/bin/chage" # boot-info.yaml, /usr/bin/expiryx\n';
    const entries = [...without('install.sh'), file('install.sh', script, { mode: 0o755 }), ...programs, helper, roots];
    const finding = (findings: readonly Finding[]) => findings.find(({ rule }) => rule === 'metal-stack/set-id');
    const found = finding(await verify({ entries: [...entries, folder] }));
    expect(found).toMatchObject({ level: 'warning' });
    expect(found!.message.split(': ')[1]!.split(', ')).toEqual(
      [...programs.slice(1), helper].map(({ path }) => path).toSorted(),
    );
    const goes = [...entries, file('install-go', 'x', { mode: 0o755 })];
    expect(finding(await verify({ entries: goes }))!.message).toContain('usr/bin/chage');
  });

  it('no program of a Debian whose install.sh is the generator’s', async () => {
    const script = readFileSync(new URL('../../../templates/install.sh', import.meta.url), 'utf8');
    const shadow = ['usr/bin/chage', 'usr/bin/expiry', 'usr/sbin/unix_chkpwd', 'usr/bin/ssh-agent'];
    const programs = shadow.map((path) => file(path, '', { mode: 0o2755, gid: 42 }));
    const helper = file('usr/lib/dbus-1.0/dbus-daemon-launch-helper', '', { mode: 0o4754, gid: 106 });
    const entries = [...without('install.sh'), file('install.sh', script, { mode: 0o755 }), ...programs, helper];
    expect(rules(await verify({ entries }), 'warning')).toEqual(['metal-stack/owner']);
  });

  it('an install.sh that does not speak of boot-info.yaml', async () => {
    const entries = [...without('install.sh'), file('install.sh', '#!/bin/sh\n', { mode: 0o755 })];
    expect(rules(await verify({ entries }), 'warning')).toEqual(['metal-stack/boot-info']);
  });

  it('no package list', async () => {
    expect(rules(await verify({ packages: undefined }), 'warning')).toContain('metal-stack/packages');
  });

  it.each(names)('what is recommended: %s', async (name) => {
    const rest = installed.replace(new RegExp(`^ii  ${name}:.*\n`, 'm'), '');
    expect(rules(await verify({ packages: rest }), 'warning')).toEqual(['metal-stack/recommended']);
  });

  it('nothing that is there without a package', async () => {
    const programs = ['usr/lib/frr/zebra', 'usr/sbin/go-lldpd', 'usr/sbin/ignition', 'usr/sbin/sshd', 'usr/bin/sudo'];
    const more = ['usr/sbin/mdadm', 'usr/sbin/lvm', 'usr/sbin/grub-install', 'usr/lib/systemd/systemd-timesyncd'];
    const entries = [...rootEntries, ...[...programs, ...more].map((path) => file(path))];
    expect(rules(await verify({ entries, packages: '' }), 'warning')).toEqual([]);
  });
});

it('reads the lists of dpkg and rpm, and only what is installed', () => {
  const dpkg =
    'Desired=Unknown/Install\n||/ Name  Version\n+++-====\nii  frr:amd64  8  amd64  x\nrc  ntp  1  amd64  x\nhi  sudo  1  all  x\n';
  expect(packageNames(dpkg)).toEqual(['frr', 'sudo']);
  expect(packageNames('openssh-server-8.7p1-34.el9.x86_64\nlvm2-2.03-1.x86_64\n')).toEqual(['openssh-server', 'lvm2']);
});

function unpacked(): string[] {
  mkdirSync(at('unpacked'), { recursive: true });
  execFileSync(referee('tar'), ['-xf', at('root.tar'), '-C', at('unpacked')]);
  return ['-C', at('unpacked'), 'install.sh', 'boot', 'etc', 'usr', 'sbin', 'bin'];
}

function gnuTar(args: string[]): Buffer {
  const owner = ['--owner=0', '--group=0', '--mtime=@0'];
  return execFileSync(referee('tar'), [...owner, '-c', ...args], { maxBuffer: 1 << 28 });
}

function twice(...again: string[][]): Buffer {
  mkdirSync(at('more/etc'), { recursive: true });
  mkdirSync(at('more/boot'), { recursive: true });
  writeFileSync(at('more/etc/os-release'), 'x');
  const archives = again.map((paths) => gnuTar(['--no-recursion', '-C', at('more'), ...paths]));
  // Without the zeros at the end of each.
  return Buffer.concat([...archives.map((bytes) => trimmed(bytes)), Buffer.alloc(1024)]);
}

function trimmed(tar: Buffer): Buffer {
  let end = tar.length;
  while (end > 0 && tar.subarray(end - 512, end).every((byte) => byte === 0)) end -= 512;
  return tar.subarray(0, end);
}

function sparse(format: string): Buffer {
  mkdirSync(at('holes'), { recursive: true });
  execFileSync('truncate', ['-s', '4M', at('holes/disk')]);
  expect(statSync(at('holes/disk')).blocks).toBe(0);
  return gnuTar(['--sparse', `--format=${format}`, '-C', at('holes'), 'disk']);
}
