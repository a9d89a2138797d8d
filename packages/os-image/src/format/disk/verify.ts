import { join } from 'node:path';
import { digestOfFile } from '@ingot/content';
import { withGuest, type Guest } from '@ingot/oci';
import { ProjectError } from '@ingot/workspace';
import type { Architecture } from '../../description/description.ts';
import type { FormatFile, FormatResult } from '../format.ts';
import { removableLoader } from './esp/bootloader.ts';
import { listFat } from './esp/read.ts';
import { Ext4 } from './ext4/read.ts';
import type { DiskFacts } from './facts.ts';
import { espType, rootTypes } from './gpt/guid.ts';
import { readTable, type Read } from './gpt/read.ts';
import { alignment } from './partitions.ts';
import type { Finding } from '../../verify/finding.ts';
import { inWindows } from './windows.ts';
import type { Partition, Table } from './gpt/table.ts';

export interface VerifyDiskInput {
  /** The output of the target `disk`. Absolute. */
  readonly folder: string;
  readonly result: FormatResult;
}

/**
 * What firmware, boot loader and kernel demand of each disk of an output, raw and qcow2 alike, read by our own readers
 * out of the finished bytes. Throws system errors only.
 */
export async function verifyDisk({ folder, result }: VerifyDiskInput): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const facts = (result.facts?.['disks'] ?? []) as readonly DiskFacts[];
  for (const file of result.files) {
    const known = facts.find(({ architecture }) => architecture === file.architecture);
    const path = join(folder, file.path);
    const digest = await digestOfFile(path).catch(() => undefined);
    const changed = digest === file.digest ? [] : [error('disk/changed', 'it is not what the target made')];
    // What cannot be read has no other faults.
    const found = [...changed, ...(digest === undefined ? [] : await verifyDiskFile(path, file, known))];
    findings.push(...found.map((finding) => ({ ...finding, message: `${file.path}: ${finding.message}` })));
  }
  return findings;
}

/** The findings of one disk. `facts`: what its maker said of it, where that is known. */
export async function verifyDiskFile(
  path: string,
  { architecture, role }: Pick<FormatFile, 'architecture' | 'role'>,
  facts: DiskFacts | undefined,
): Promise<readonly Finding[]> {
  const of = (architecture ?? 'amd64') as Architecture;
  const found = await attempt(role === 'raw' ? 'disk/raw' : 'disk/qcow2', () =>
    withGuest(path, role === 'raw' ? 'raw' : 'qcow2', (guest) => verifyGuest(guest, of, facts)),
  );
  return 'finding' in found ? [found.finding] : found.value;
}

async function verifyGuest(guest: Guest, of: Architecture, facts: DiskFacts | undefined): Promise<readonly Finding[]> {
  const read = inWindows((position, length) => guest.read(position, length));
  const table = await attempt('disk/gpt', () => readTable(read, guest.size));
  if ('finding' in table) return [table.finding];
  return [
    ...checkPartitions(table.value, of, facts),
    ...(await verifyEsp(read, table.value, of, facts)),
    ...(await verifyRoot(read, table.value, of, facts)),
  ];
}

function checkPartitions(table: Table, architecture: Architecture, facts: DiskFacts | undefined): Finding[] {
  const findings = [];
  for (const [type, what] of [
    [espType, 'EFI system partition'],
    [rootTypes[architecture], `root partition of ${architecture}`],
  ] as const) {
    const count = table.partitions.filter((each) => each.type === type).length;
    if (count !== 1)
      findings.push(error('disk/gpt-partitions', `it has ${count} partitions of the type ${what}, not one`));
  }
  if (table.partitions.some(({ offset }) => offset % alignment !== 0)) {
    const help = 'disks with large sectors and SSDs are slow with it: let partitions begin at multiples of 1 MiB';
    findings.push({
      level: 'warning',
      rule: 'disk/gpt-alignment',
      message: 'a partition is not aligned to 1 MiB',
      help,
    } as const);
  }
  const root = table.partitions.find(({ type }) => type === rootTypes[architecture]);
  if (facts && root && root.uuid !== facts.root.uuid) {
    findings.push(
      error('disk/gpt-root', `its root partition is ${root.uuid}, but the kernel is told ${facts.root.uuid}`),
    );
  }
  return findings;
}

async function verifyEsp(
  disk: Read,
  { partitions }: Table,
  architecture: Architecture,
  facts: DiskFacts | undefined,
): Promise<Finding[]> {
  const esp = partitions.find(({ type }) => type === espType);
  if (esp === undefined) return [];
  const list = await attempt('disk/esp', () => listFat(within(disk, esp)));
  if ('finding' in list) return [list.finding];
  // FAT compares names without case.
  const files = new Map(list.value.map((each) => [each.path.toLowerCase(), each]));
  const wanted = [
    ['disk/esp-loader', removableLoader[architecture]],
    ['disk/esp-kernel', facts?.esp.kernel],
    ['disk/esp-initrd', facts?.esp.initrd],
  ] as const;
  return wanted.flatMap(([rule, path]) => {
    const there = path === undefined ? undefined : files.get(path.toLowerCase());
    if (path === undefined || (there?.type === 'file' && there.size > 0)) return [];
    return [error(rule, `its EFI system partition has no ${path}`)];
  });
}

async function verifyRoot(
  disk: Read,
  { partitions }: Table,
  architecture: Architecture,
  facts: DiskFacts | undefined,
): Promise<Finding[]> {
  const root = partitions.find(({ type }) => type === rootTypes[architecture]);
  if (root === undefined) return [];
  const opened = await attempt('disk/root', () => Ext4.open(within(disk, root)));
  if ('finding' in opened) return [opened.finding];
  const { superblock } = opened.value;
  const findings: Finding[] = [];
  if (superblock.blocks * superblock.blockSize > root.size) {
    findings.push(error('disk/root-size', 'its root file system is larger than the partition'));
  }
  if (!superblock.isClean)
    findings.push(error('disk/root-clean', 'its root file system was not unmounted, or has errors'));
  if (facts && superblock.uuid !== facts.root.fileSystemUuid) {
    findings.push(
      error('disk/root-uuid', `its root file system is ${superblock.uuid}, not ${facts.root.fileSystemUuid}`),
    );
  }
  const names = await attempt('disk/root', async () => {
    const inits = new Set([
      'sbin/init',
      'usr/sbin/init',
      'etc/init',
      'bin/init',
      'lib/systemd/systemd',
      'usr/lib/systemd/systemd',
    ]);
    for await (const { path } of opened.value.names()) if (inits.has(path)) return true;
    return false;
  });
  if ('finding' in names) return [...findings, names.finding];
  if (!names.value) {
    findings.push({
      level: 'warning',
      rule: 'disk/root-init',
      message: 'its root file system has no init, so that the kernel can start nothing in it',
      help: 'add one (Debian: systemd-sysv), or name another by init= in the command line',
    });
  }
  return findings;
}

/** A partition's bytes. */
function within(disk: Read, { offset, size }: Partition): Read {
  return (position, length) => disk(offset + position, Math.max(0, Math.min(length, size - position)));
}

type Attempt<T> = { readonly value: T } | { readonly finding: Finding };

/** What a reader refuses is a finding. */
async function attempt<T>(rule: string, work: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await work() };
  } catch (cause) {
    if (!(cause instanceof ProjectError)) throw cause;
    return { finding: { level: 'error', rule, message: cause.message, help: cause.help ?? rebuild } };
  }
}

const rebuild = 'build the disk again: it was changed after it was made, or is of another tool';

function error(rule: string, message: string): Finding {
  return { level: 'error', rule, message, help: rebuild };
}
