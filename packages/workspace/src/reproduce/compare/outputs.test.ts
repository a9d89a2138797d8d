import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { LayoutStore, assembleImage, assembleIndex, createLayer } from '@ingot/content';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee, type Referee } from '../../../../../tools/referee.ts';
import { compareOutputs } from './outputs.ts';
import type { CompareOptions } from './outputs.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ingot-outputs-'));
  for (const side of sides) mkdirSync(join(folder, side));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sides = ['one', 'other'] as const;
type SideName = (typeof sides)[number];
const at = (side: SideName, ...path: string[]) => join(folder, side, ...path);

function put(path: string, one: string | Uint8Array, other: string | Uint8Array): void {
  for (const side of sides) {
    mkdirSync(dirname(at(side, path)), { recursive: true });
    writeFileSync(at(side, path), side === 'one' ? one : other);
  }
}

/** Makes something with foreign programs, on both sides. */
function make(work: (run: (program: Referee, ...args: string[]) => void, side: SideName) => void): void {
  for (const side of sides) {
    work((program, ...args) => {
      execFileSync(referee(program), args, { cwd: at(side), stdio: ['ignore', 'pipe', 'pipe'] });
    }, side);
  }
}

const compare = (paths: readonly string[], options: Partial<CompareOptions> = {}) =>
  compareOutputs(at('one'), at('other'), { paths, ...options });

/** The places, each as people read it, and what is there. */
async function found(...paths: string[]): Promise<Record<string, readonly [string, string]>> {
  const { differences } = await compare(paths);
  return Object.fromEntries(differences.map(({ at, first, second }) => [at.join(' › '), [first, second]]));
}

describe('compareOutputs', () => {
  it('finds nothing where nothing differs, and counts', async () => {
    put('dist/a.txt', 'same', 'same');
    symlinkSync('a.txt', at('one', 'dist/link'));
    symlinkSync('a.txt', at('other', 'dist/link'));
    expect(await compare(['dist'])).toEqual({ files: 2, bytes: 4, differences: [], hasMore: false });
  });

  it('names what is there once only, kinds, modes and targets of links', async () => {
    put('dist/a', 'a', 'a');
    chmodSync(at('other', 'dist/a'), 0o600);
    chmodSync(at('one', 'dist/a'), 0o644);
    writeFileSync(at('one', 'dist/b'), '');
    writeFileSync(at('one', 'dist/c'), '');
    mkdirSync(at('other', 'dist/c'));
    symlinkSync('x', at('one', 'dist/d'));
    symlinkSync('y', at('other', 'dist/d'));
    expect(await found('dist')).toEqual({
      'dist › a › mode': ['0644', '0600'],
      'dist › b': ['file', '(none)'],
      'dist › c': ['file', 'folder'],
      'dist › d › target': ['x', 'y'],
    });
  });

  it('stops when there are enough, and leaves out what is ignored', async () => {
    for (let index = 0; index < 5; index++) put(`dist/${index}.txt`, 'a', 'b');
    const few = await compare(['dist'], { most: 3 });
    expect(few).toMatchObject({ hasMore: true });
    expect(few.differences).toHaveLength(3);
    const { differences } = await compare(['dist'], { ignores: (path) => path !== 'dist' && path !== 'dist/3.txt' });
    expect(differences.map(({ at }) => at)).toEqual([['dist', '3.txt', 'line 1']]);
  });

  it('names lines of texts, keys of JSON, bytes of the rest', async () => {
    put('a.txt', 'one\ntwo\nthree', 'one\n2\nthree');
    put('longer.txt', 'one\n', 'one\ntwo\n');
    put('a.json', '{"a":{"b":[1,{"c d":2}]},"t":1}', '{"a":{"b":[1,{"c d":3},4]},"t":1}');
    put('order.json', '{"a":1,"b":2}', '{"b":2,"a":1}');
    put('blanks.json', '{"a":1}', '{ "a": 1 }');
    put('a.bin', Buffer.from([0, 1, 2, 3]), Buffer.from([0, 1, 9, 3]));
    put('longer.bin', Buffer.from([0, 1]), Buffer.from([0, 1, 2]));
    const names = ['a.txt', 'longer.txt', 'a.json', 'order.json', 'blanks.json', 'a.bin', 'longer.bin'];
    expect(await found(...names)).toEqual({
      'a.txt › line 2': ['two', '2'],
      'longer.txt › line 2': ['', 'two'],
      'a.json › .a.b[1]["c d"]': ['2', '3'],
      'a.json › .a.b[2]': ['(none)', '4'],
      'order.json › . › order of keys': ['a, b', 'b, a'],
      'blanks.json › the same in another way of writing JSON › byte 1 (0x1)': [
        '22 61 22 3a 31 7d',
        '20 22 61 22 3a 20 31 20 7d',
      ],
      'a.bin › byte 2 (0x2)': ['02 03', '09 03'],
      'longer.bin › byte 2 (0x2)': ['ends after 2 bytes', '02'],
    });
  });
});

/** A tar by GNU tar, of a file with this content, and of one that is the same. */
function makeTar(side: SideName, run: (program: Referee, ...args: string[]) => void, more: readonly string[]): void {
  mkdirSync(at(side, 'tree/etc'), { recursive: true });
  writeFileSync(at(side, 'tree/etc/hostname'), `built in ${side}\n`);
  writeFileSync(at(side, 'tree/etc/same'), 'same');
  const fixed = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--mode=0644'];
  run('tar', '-c', '-f', 'a.tar', ...fixed, ...more, '-C', 'tree', 'etc/hostname', 'etc/same');
}

describe('tars', () => {
  it('have the entry named, and which of its fields', async () => {
    make((run, side) => {
      const other = ['--mtime=@60', '--owner=7', '--group=8', '--mode=0755'];
      makeTar(side, run, side === 'one' ? [] : other);
    });
    const fields = { mode: ['0644', '0755'], owner: ['0:0', '7:8'], mtime: ['0', '60'] } as const;
    expect(await found('a.tar')).toEqual({
      ...Object.fromEntries(
        ['etc/hostname', 'etc/same'].flatMap((entry) =>
          Object.entries(fields).map(([name, values]) => [`a.tar › ${entry} › ${name}`, values]),
        ),
      ),
      'a.tar › etc/hostname › line 1': ['built in one', 'built in other'],
    });
  });

  it('have entries named that are there once, and another order', async () => {
    make((run, side) => {
      for (const name of ['a', 'b', 'c']) writeFileSync(at(side, name), name);
      const names = side === 'one' ? ['a', 'b'] : ['b', 'a', 'c'];
      run('tar', '-c', '-f', 'a.tar', '--mtime=@0', ...names);
    });
    expect(await found('a.tar')).toEqual({
      'a.tar › c': ['(none)', 'file'],
      'a.tar › order of entries, at 0': ['a', 'b'],
    });
  });

  it.each([
    ['gzip', ['-n', '-k'], 'gz'],
    ['xz', ['-k'], 'xz'],
    ['lz4', ['-q', '-k'], 'lz4'],
    ['bzip2', ['-k'], 'bz2'],
  ] as const)('are unpacked by %s', async (program, args, ending) => {
    make((run, side) => {
      makeTar(side, run, []);
      run(program, ...args, 'a.tar', ...(program === 'lz4' ? [`a.tar.${ending}`] : []));
    });
    expect(await found(`a.tar.${ending}`)).toEqual({
      [`a.tar.${ending} › ${program} content › etc/hostname › line 1`]: ['built in one', 'built in other'],
    });
  });

  it('in tars are looked into, and gzip’s own time is told', async () => {
    make((run, side) => {
      makeTar(side, run, []);
      run('tar', '-c', '-f', 'outer.tar', '--mtime=@0', 'a.tar');
      writeFileSync(at(side, 'x'), 'x');
      const time = side === 'one' ? 1000 : 2000;
      utimesSync(at(side, 'x'), time, time);
      run('gzip', '-k', 'x');
    });
    expect(await found('outer.tar', 'x.gz')).toEqual({
      'outer.tar › a.tar › etc/hostname › line 1': ['built in one', 'built in other'],
      'x.gz › gzip header › mtime': ['1000', '2000'],
    });
  });

  it('that break off have their bytes compared', async () => {
    make((run, side) => makeTar(side, run, []));
    for (const side of sides) writeFileSync(at(side, 'cut.tar'), readFileSync(at(side, 'a.tar')).subarray(0, 1000));
    const places = Object.keys(await found('cut.tar'));
    expect(places).toHaveLength(1);
    expect(places[0]).toMatch(/^cut\.tar › tar that cannot be read: .* › byte 134 \(0x86\)$/);
  });
});

describe('OCI layouts', () => {
  /** An index of two images; the second has this text in its layer. */
  async function layout(side: SideName, text: string): Promise<void> {
    const store = new LayoutStore(at(side, 'image'));
    const images = [];
    for (const architecture of ['amd64', 'arm64']) {
      const content = Buffer.from(architecture === 'arm64' ? text : 'same');
      const common = { path: 'etc/hostname', mode: 0o644, uid: 0, gid: 0 };
      const layers = [
        await createLayer([{ ...common, type: 'file', size: content.length, content }], { mtime: 0 }, store),
      ];
      const platform = { os: 'linux', architecture };
      const { descriptor } = await assembleImage({ layers, platform, created: 0 }, store);
      images.push({ descriptor, platform });
    }
    const root = await assembleIndex(images, {}, store);
    await store.setRoots([{ ...root, annotations: { 'org.opencontainers.image.ref.name': '1.0' } }]);
  }

  it('have manifest, layer and entry named', async () => {
    await layout('one', 'here\n');
    await layout('other', 'there\n');
    const differences = await found('image');
    const layer = 'image › index.json: manifest 0 (1.0) › manifest 1 (linux/arm64)';
    expect(differences).toMatchObject({
      [`${layer} › layer 0 › gzip content › etc/hostname › line 1`]: ['here', 'there'],
    });
    expect(Object.keys(differences)).toContainEqual(expect.stringMatching(/config › \.rootfs\.diff_ids\[0\]$/));
    expect(Object.keys(differences).every((place) => place.startsWith(layer))).toBe(true);
  });

  it('have their files compared where the index tells nothing', async () => {
    await layout('one', 'same');
    await layout('other', 'same');
    writeFileSync(at('other', 'image/extra'), '');
    expect(await found('image')).toEqual({ 'image › extra': ['(none)', 'file'] });
    writeFileSync(at('one', 'image/index.json'), '{');
    expect(Object.keys(await found('image'))).toContainEqual(expect.stringMatching(/^image › index\.json › /));
  });

  it('have an annotation of their index named', async () => {
    await layout('one', 'same');
    await layout('other', 'same');
    const index = at('other', 'image/index.json');
    writeFileSync(index, readFileSync(index, 'utf8').replace('"1.0"', '"2.0"'));
    expect(await found('image')).toEqual({
      'image › index.json: manifest 0 (1.0) › descriptor › .annotations["org.opencontainers.image.ref.name"]': [
        '1.0',
        '2.0',
      ],
    });
  });

  it('are not followed out of their folder', async () => {
    for (const side of sides) {
      mkdirSync(at(side, 'image/blobs'), { recursive: true });
      const digest = `sha256:../../../${side}`;
      writeFileSync(at(side, 'image/index.json'), JSON.stringify({ schemaVersion: 2, manifests: [{ digest }] }));
    }
    expect(await found('image')).toEqual({
      'image › index.json › .manifests[0].digest': ['sha256:../../../one', 'sha256:../../../other'],
    });
  });
});

describe('disks', () => {
  const ids = { one: '11111111-1111-4111-8111-111111111111', other: '22222222-2222-4222-8222-222222222222' };

  /** GPT with a FAT and an ext4 partition, of 8 MiB each. */
  function makeDisk(
    side: SideName,
    run: (program: Referee, ...args: string[]) => void,
    differs: 'table' | 'ext4' | 'fat' | 'byte',
  ): void {
    const id = (part: typeof differs) => ids[differs === part ? side : 'one'];
    const script = [
      ...['label: gpt', `label-id: ${id('table')}`, 'first-lba: 2048'],
      `start=2048, size=16384, type=U, uuid=${ids.one}, name=ESP`,
      `start=18432, size=16384, type=L, uuid=${id('table')}, name=root`,
    ].join('\n');
    writeFileSync(at(side, 'd.raw'), Buffer.alloc(18 << 20));
    execFileSync(referee('sfdisk'), ['-q', 'd.raw'], { cwd: at(side), input: script, stdio: ['pipe', 'pipe', 'pipe'] });
    const [volume, uuid] = [id('fat').slice(0, 8), id('ext4')];
    run('mkfs.vfat', '--invariant', '-i', volume, '--offset=2048', 'd.raw', '8192');
    const options = `hash_seed=${ids.one},offset=9437184,lazy_itable_init=0`;
    process.env['E2FSPROGS_FAKE_TIME'] = '1000';
    try {
      run('mke2fs', '-q', '-t', 'ext4', '-O', '^has_journal', '-U', uuid, '-E', options, 'd.raw', '8M');
    } finally {
      delete process.env['E2FSPROGS_FAKE_TIME'];
    }
    if (differs !== 'byte' || side === 'one') return;
    const bytes = readFileSync(at(side, 'd.raw'));
    bytes[9437184 + 6_000_000] = 1;
    writeFileSync(at(side, 'd.raw'), bytes);
  }

  it.each([
    ['table', { 'GPT › disk GUID': ids, 'partition 2 "root" › GPT id': ids }],
    ['fat', { 'partition 1 "ESP" › boot sector, volume ID': { one: '11111111', other: '22222222' } }],
  ] as const)('have the field named: %s', async (differs, expected) => {
    make((run, side) => makeDisk(side, run, differs));
    expect(await found('d.raw')).toEqual(
      Object.fromEntries(Object.entries(expected).map(([place, { one, other }]) => [`d.raw › ${place}`, [one, other]])),
    );
  });

  it('have the UUID of ext4 named', async () => {
    make((run, side) => makeDisk(side, run, 'ext4'));
    expect(await found('d.raw')).toMatchObject({
      'd.raw › partition 2 "root" › superblock, UUID': [ids.one.replaceAll('-', ''), ids.other.replaceAll('-', '')],
    });
  });

  it('have partition and byte named, in qcow2 as well', async () => {
    make((run, side) => {
      makeDisk(side, run, 'byte');
      run('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', 'd.raw', 'd.qcow2');
    });
    const place = 'partition 2 "root" › byte 6000000 (0x5b8d80)';
    expect(Object.keys(await found('d.raw'))).toEqual([`d.raw › ${place}`]);
    expect(Object.keys(await found('d.qcow2'))).toEqual([`d.qcow2 › qcow2 content › ${place}`]);
  });

  it('in qcow2 that differ in its layout alone say so', async () => {
    make((run, side) => {
      makeDisk(side, run, 'table');
      const from = at('one', 'd.raw');
      run('qemu-img', 'convert', '-f', 'raw', '-O', 'qcow2', ...(side === 'one' ? [] : ['-c']), from, 'd.qcow2');
    });
    const [place] = Object.keys(await found('d.qcow2'));
    expect(place).toMatch(/^d\.qcow2 › the same in another way of writing qcow2 › byte \d+/);
  });
});

it('leaves no temporary file', async () => {
  const temporary = () => readdirSync(tmpdir()).filter((name) => name.startsWith('ingot-compare-'));
  const before = temporary();
  make((run, side) => {
    makeTar(side, run, []);
    run('gzip', '-n', 'a.tar');
  });
  await compare(['a.tar.gz']);
  expect(temporary()).toEqual(before);
});
