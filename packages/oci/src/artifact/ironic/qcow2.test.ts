import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { convert, noise, partitionedDisk, patch, qemuImg } from '../test/disks.ts';
import { withGuest } from './guest.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-qcow2-'));
});
afterAll(() => rm(folder, { recursive: true }));

const MiB = 1024 * 1024;

/** A hole, text that compresses, noise that does not, and an end that is no whole cluster. */
function disk(): Buffer {
  const raw = partitionedDisk(5 * MiB + 512, noise(70_000));
  raw.write('compressible '.repeat(20_000), 2 * MiB);
  raw.set(noise(200_000, 7), 3 * MiB + 1000);
  raw.write('the end', raw.length - 7);
  return raw;
}

async function guestBytes(path: string): Promise<Buffer> {
  return withGuest(path, 'qcow2', (guest) => guest.read(0, guest.size));
}

describe('openQcow2', () => {
  it.each([
    ['version 3', ['-O', 'qcow2']],
    ['version 2', ['-O', 'qcow2', '-o', 'compat=0.10']],
    ['clusters of 512 bytes', ['-O', 'qcow2', '-o', 'cluster_size=512']],
    ['clusters of 2 MiB', ['-O', 'qcow2', '-o', 'cluster_size=2M']],
    ['deflated clusters', ['-c', '-O', 'qcow2']],
    ['deflated clusters of 4 KiB', ['-c', '-O', 'qcow2', '-o', 'cluster_size=4k']],
    ['clusters of zstd', ['-c', '-O', 'qcow2', '-o', 'compression_type=zstd']],
    ['clusters of zstd, of 2 MiB', ['-c', '-O', 'qcow2', '-o', 'compression_type=zstd,cluster_size=2M']],
    ['extended L2 entries', ['-O', 'qcow2', '-o', 'extended_l2=on']],
    ['extended L2 entries, deflated', ['-c', '-O', 'qcow2', '-o', 'extended_l2=on']],
    ['clusters that are there and zero', ['-S', '0', '-O', 'qcow2']],
  ])('reads %s as QEMU wrote them', async (name, args) => {
    const raw = disk();
    const path = await convert(raw, join(folder, name.replaceAll(' ', '-')), ...args);
    const guest = await guestBytes(path);
    expect(guest.length).toBe(raw.length);
    expect(guest.equals(raw)).toBe(true);
  });

  it('reads a part across clusters, and none behind the end', async () => {
    const raw = disk();
    const path = await convert(raw, join(folder, 'part'), '-O', 'qcow2');
    const part = await withGuest(path, 'qcow2', (guest) => guest.read(65_000, 3000));
    expect(part.equals(raw.subarray(65_000, 68_000))).toBe(true);
    expect(await withGuest(path, 'qcow2', (guest) => guest.read(guest.size - 7, 100))).toEqual(Buffer.from('the end'));
  });

  it('reads zeros where nothing was ever written', async () => {
    const path = await convert(disk(), join(folder, 'zeroed'), '-O', 'qcow2');
    await qemuImg('resize', '-q', '-f', 'qcow2', path, '6M');
    const guest = await guestBytes(path);
    expect(guest.length).toBe(6 * MiB);
    expect(guest.subarray(5 * MiB + 512).every((byte) => byte === 0)).toBe(true);
  });

  it('reads zeros where a cluster is marked so, whatever lies there still, as QEMU does', async () => {
    const path = await convert(disk(), join(folder, 'marked'), '-O', 'qcow2');
    const file = await readFile(path);
    const l1 = Number(file.readBigUInt64BE(40));
    const l2 = Number(file.readBigUInt64BE(l1) & 0x00ff_ffff_ffff_fe00n);
    await patch(path, l2 + 7, [file[l2 + 7]! | 1]);
    await qemuImg('convert', '-O', 'raw', path, `${path}.raw`);
    const expected = await readFile(`${path}.raw`);
    expect(expected.subarray(0, 65_536).every((byte) => byte === 0)).toBe(true);
    expect((await guestBytes(path)).equals(expected)).toBe(true);
  });

  const unusable = { code: 'INGOT_IRONIC_QCOW2' };

  it('refuses one that is built on another', async () => {
    const base = await convert(disk(), join(folder, 'base'), '-O', 'qcow2');
    const path = join(folder, 'overlay');
    await qemuImg('create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', base, path);
    await expect(guestBytes(path)).rejects.toMatchObject({ ...unusable, message: /backing file/ });
  });

  it('refuses one whose data lie in another file', async () => {
    const path = join(folder, 'external');
    await qemuImg('create', '-q', '-f', 'qcow2', '-o', `data_file=${folder}/external.raw`, path, '1M');
    await expect(guestBytes(path)).rejects.toMatchObject({ ...unusable, message: /another file/ });
  });

  it('refuses one that is encrypted', async () => {
    const path = join(folder, 'secret');
    const key = ['--object', 'secret,id=k,data=example'];
    const luks = 'encrypt.format=luks,encrypt.key-secret=k,encrypt.iter-time=10';
    await qemuImg('create', '-q', '-f', 'qcow2', ...key, '-o', luks, path, '1M');
    await expect(guestBytes(path)).rejects.toMatchObject({ ...unusable, message: /encrypted/ });
  });

  it.each([
    ['no header', async (path: string) => truncate(path, 40)],
    ['its header is cut short', async (path: string) => truncate(path, 80)],
    ['version 1', async (path: string) => patch(path, 4, [0, 0, 0, 1])],
    ['marked as corrupt', async (path: string) => patch(path, 79, [2])],
    ['features that are not known', async (path: string) => patch(path, 79, [32])],
    ['clusters of 2^', async (path: string) => patch(path, 20, [0, 0, 0, 40])],
    ['clusters of 2^', async (path: string) => patch(path, 20, [0, 0, 0, 8])],
    ['compression type is 9', async (path: string) => patch(path, 79, [8, ...new Uint8Array(24), 9])],
    ['a table of', async (path: string) => patch(path, 36, [0xff, 0, 0, 0])],
    ['first table is too short', async (path: string) => patch(path, 36, [0, 0, 0, 0])],
    ['behind its end', async (path: string) => patch(path, 40, [0, 0, 0, 1, 0, 0, 0, 0])],
    ['a size or offset of', async (path: string) => patch(path, 24, [0x7f, 0xff])],
    ['behind its end', async (path: string) => truncate(path, 3 * 65_536)],
  ])('refuses a broken one: %s', async (message, breakIt) => {
    const path = await convert(disk(), join(folder, 'broken'), '-O', 'qcow2');
    await breakIt(path);
    await expect(guestBytes(path)).rejects.toMatchObject({ ...unusable, message: expect.stringContaining(message) });
  });

  it.each(['zlib', 'zstd'])('refuses a cluster of %s that cannot be decompressed', async (type) => {
    const path = await convert(disk(), join(folder, 'rotten'), '-c', '-O', 'qcow2', '-o', `compression_type=${type}`);
    const offset = 5 * 65_536 + 10;
    await patch(path, offset, noise((await readFile(path)).length - offset, 3));
    await expect(guestBytes(path)).rejects.toMatchObject(unusable);
  });

  it('ends on every file, with the bytes or this error: 300 mutations, the same each time', async () => {
    const source = await readFile(await convert(disk(), join(folder, 'fuzz'), '-c', '-O', 'qcow2'));
    const random = noise(300 * 8, 11);
    const codes = new Set<unknown>();
    for (let i = 0; i < 300; i++) {
      const mutated = Buffer.from(source);
      for (let j = 0; j < 4; j++) {
        const at = random.readUInt16LE(i * 8 + j * 2);
        // Header and tables, where it hurts; QEMU puts them into the first clusters.
        mutated[j < 2 ? at % 112 : (at * 7) % (6 * 65_536)] = at & 0xff;
      }
      const path = join(folder, 'mutated');
      await writeFile(path, mutated);
      const code: unknown = await withGuest(path, 'qcow2', (guest) => guest.read(0, 70_000)).then(
        () => 'read',
        (error: { code?: string }) => error.code,
      );
      codes.add(code);
    }
    expect([...codes].sort()).toEqual(['INGOT_IRONIC_QCOW2', 'read']);
  });
});
