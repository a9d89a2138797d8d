import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { resultOf } from '../test/input.ts';
import type { DiskFacts } from './facts.ts';
import { gptPatches } from './gpt/write.ts';
import { makeDisk } from './make.ts';
import { diskEntries, diskInput, outputFile } from './test/disk-input.ts';
import { verifyDisk, verifyDiskFile } from './verify.ts';
import { writeAt } from './write-at.ts';

let folder = '';
let good = '';
let facts: DiskFacts;
const bad = () => join(folder, 'bad.raw');
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-verify-'));
  const input = await diskInput(folder);
  facts = ((await makeDisk(input)).facts?.['disks'] as DiskFacts[])[0]!;
  good = outputFile(input);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rules(path: string, known: DiskFacts | undefined = facts): Promise<string[]> {
  const findings = await verifyDiskFile(
    path,
    { architecture: 'amd64', role: path.endsWith('.raw') ? 'raw' : 'qcow2' },
    known,
  );
  for (const { message, help } of findings) expect(message.length * help!.length).toBeGreaterThan(0);
  return findings.map(({ level, rule }) => `${level} ${rule}`);
}

/** The rules that a changed copy breaks. */
async function after(change: (path: string) => unknown, known?: DiskFacts): Promise<string[]> {
  copyFileSync(good, bad());
  await change(bad());
  return rules(bad(), known);
}

function mtools(program: 'mdel' | 'mmd', path: string) {
  return (disk: string) => execFileSync(program, ['-i', `${disk}@@${facts.esp.offset}`, `::${path}`]);
}

function superblock(field: string, value: string) {
  return (disk: string) =>
    execFileSync(referee('debugfs'), ['-w', '-R', `ssv ${field} ${value}`, `${disk}?offset=${facts.root.offset}`], {
      stdio: 'pipe',
    });
}

async function table(disk: string, partitions: Parameters<typeof gptPatches>[0]['partitions']): Promise<void> {
  const file = await open(disk, 'r+');
  for (const { position, bytes } of gptPatches({ ...facts, partitions })) await writeAt(file, bytes, position);
  await file.close();
}

describe('verifyDisk', () => {
  it('sees that a disk is not what was made, or is gone, where no rule looks', async () => {
    const input = await diskInput(join(folder, 'changed'), { outputs: ['raw', 'qcow2'] });
    const result = resultOf('disk', await makeDisk(input));
    const found = async () =>
      (await verifyDisk({ folder: input.folder, result })).map(({ level, rule, message }) => [level, rule, message]);
    expect(await found()).toEqual([]);
    const file = await open(outputFile(input), 'r+');
    // Behind the tables, before the first partition.
    await writeAt(file, Buffer.from('x'), 900_000);
    await file.close();
    await rm(outputFile(input, 'demo-amd64.qcow2'));
    expect(await found()).toEqual(
      ['demo-amd64.raw', 'demo-amd64.qcow2'].map((name) => [
        'error',
        'disk/changed',
        `${name}: it is not what the target made`,
      ]),
    );
  });
});

describe('verifyDiskFile', () => {
  it('has nothing against a good disk, known or not', async () => {
    expect(await rules(good)).toEqual([]);
    expect(await verifyDiskFile(good, { role: 'raw' }, undefined)).toEqual([]);
  });

  it('looks into qcow2, plain and compressed, alike', async () => {
    const qcow2 = join(folder, 'disk.qcow2');
    for (const compressed of [[], ['-c']]) {
      execFileSync(referee('qemu-img'), ['convert', ...compressed, '-O', 'qcow2', good, qcow2]);
      expect(await rules(qcow2)).toEqual([]);
      await after(mtools('mdel', 'demo/linux'));
      execFileSync(referee('qemu-img'), ['convert', ...compressed, '-O', 'qcow2', bad(), qcow2]);
      expect(await rules(qcow2)).toEqual(['error disk/esp-kernel']);
    }
    writeFileSync(qcow2, readFileSync(qcow2).subarray(0, 400));
    expect(await rules(qcow2)).toEqual(['error disk/qcow2']);
  });

  it('misses loader, kernel and initrd on the EFI system partition', async () => {
    expect(await after(mtools('mdel', 'EFI/BOOT/BOOTX64.EFI'))).toEqual(['error disk/esp-loader']);
    expect(await after(mtools('mdel', 'demo/linux'))).toEqual(['error disk/esp-kernel']);
    expect(await after(mtools('mdel', 'demo/initrd'))).toEqual(['error disk/esp-initrd']);
  });

  it('sees a root file system that is not clean, or is another', async () => {
    expect(await after(superblock('state', '0'))).toEqual(['error disk/root-clean']);
    expect(await after(superblock('state', '3'))).toEqual(['error disk/root-clean']);
    expect(await after(superblock('last_orphan', '12'))).toEqual(['error disk/root-clean']);
    expect(await after(() => undefined, { ...facts, root: { ...facts.root, fileSystemUuid: 'x' } })).toEqual([
      'error disk/root-uuid',
    ]);
  });

  it('sees a table that is broken or lacks a partition, and partitions of others', async () => {
    const cut = (disk: string) => writeFileSync(disk, readFileSync(disk).subarray(0, -512));
    expect(await after(cut)).toEqual(['error disk/gpt']);
    expect(await after((disk) => table(disk, [facts.esp]))).toEqual(['error disk/gpt-partitions']);
    expect(await after((disk) => table(disk, [facts.root]))).toEqual(['error disk/gpt-partitions']);
    const other = { ...facts.root, uuid: facts.diskUuid };
    expect(await after((disk) => table(disk, [facts.esp, other]))).toEqual(['error disk/gpt-root']);
    const small = { ...facts.root, size: facts.root.size - 2 ** 20 };
    expect(await after((disk) => table(disk, [facts.esp, small]))).toContain('error disk/root-size');
    const odd = { ...facts.esp, offset: facts.esp.offset + 512, size: facts.esp.size - 512 };
    expect(await after((disk) => table(disk, [odd, facts.root]))).toEqual([
      'warning disk/gpt-alignment',
      'error disk/esp',
    ]);
  });

  it('warns of a root file system without an init', async () => {
    const entries = diskEntries.filter(({ path }) => path !== 'usr/sbin/init');
    const input = await diskInput(join(folder, 'no-init'), {}, { entries });
    await makeDisk(input);
    expect(await rules(outputFile(input))).toEqual(['warning disk/root-init']);
  });

  it('ends with findings, whatever the bytes', async () => {
    copyFileSync(good, bad());
    const file = await open(bad(), 'r+');
    const regions = [
      [facts.esp.offset, 512],
      [facts.esp.offset + 16_384, 400_000],
      [facts.esp.offset + 32 * 512 + 2 * 530 * 512, 20_000],
      [facts.root.offset + 1024, 1024],
      [facts.root.offset + 4096, 4096],
    ] as const;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(
            fc.nat({ max: 4 }),
            fc.double({ min: 0, max: 0.9999, noNaN: true }),
            fc.uint8Array({ minLength: 1, maxLength: 40 }),
          ),
          {
            maxLength: 8,
          },
        ),
        async (hits) => {
          const written: [number, Buffer][] = [];
          for (const [region, where, bytes] of hits) {
            const position = regions[region]![0] + Math.floor(where * regions[region]![1]);
            const { buffer } = await file.read(Buffer.alloc(bytes.length), 0, bytes.length, position);
            written.push([position, buffer]);
            await writeAt(file, bytes, position);
          }
          await rules(bad());
          for (const [position, bytes] of written.reverse()) await writeAt(file, bytes, position);
        },
      ),
      { seed: 11, numRuns: 100 },
    );
    await file.close();
    expect(await rules(bad())).toEqual([]);
  });
});
