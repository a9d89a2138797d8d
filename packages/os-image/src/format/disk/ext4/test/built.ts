import { execFileSync } from 'node:child_process';
import {
  createWriteStream,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readTarEntries, tarStream, type LayerEntry } from '@ingot/content';
import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { entriesBelow } from '../../../../../../../tools/entries-below.ts';
import { referee } from '../../../../../../../tools/referee.ts';
import { identifiersOf } from '../../identifiers.ts';
import { readAt } from '../../read-at.ts';
import { openToolbox } from '../../toolbox.ts';
import { makeExt4 } from '../make.ts';
import { Ext4, type Name } from '../read.ts';
import { fittedSize, needsOf } from '../size.ts';
import { unpack } from '../unpack.ts';

const time = 1_767_225_600;
export const offset = 3 * 2 ** 20;
const { rootFileSystem: uuid, hashSeed } = identifiersOf('demo', 'amd64');
let folder = '';
let count = 0;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ingot-ext4-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

export interface Built {
  readonly place: string;
  /** As the programs of e2fsprogs name it. */
  readonly image: string;
  readonly entries: readonly LayerEntry[];
  readonly size: number;
}

/** Entries as a tar, and the file system of it, of the size that we find fitting. */
export async function build(given: readonly LayerEntry[], free = 0, size?: number): Promise<Built> {
  const place = join(folder, String(count++));
  mkdirSync(join(place, 'content'), { recursive: true });
  await pipeline(Readable.from(tarStream(given, { mtime: time })), createWriteStream(join(place, 'root.tar')));
  const entries = await readTarEntries(join(place, 'root.tar'));
  const { signal } = new AbortController();
  await unpack(entries, join(place, 'content'), signal, () => {});
  const needs = needsOf(entries);
  const fitted = size ?? Math.max(8 * 2 ** 20, fittedSize(needs, free));
  writeFileSync(join(place, 'disk'), '');
  truncateSync(join(place, 'disk'), offset + fitted + 2 ** 20);
  const run = await openToolbox(['mke2fs', 'debugfs'], { folder: place, time, signal });
  const made = await makeExt4(run, {
    folder: place,
    disk: 'disk',
    offset,
    size: fitted,
    label: 'root',
    uuid,
    hashSeed,
    time,
    entries,
    needs,
    content: 'content',
    scratch: '.',
  });
  expect(made.freeBlocks * made.blockSize).toBeGreaterThanOrEqual(free);
  return { place, image: `${join(place, 'disk')}?offset=${offset}`, entries, size: fitted };
}

export function debugfs(image: string, ...commands: readonly string[]): string {
  const script = join(folder, 'commands');
  writeFileSync(script, `${commands.join('\n')}\n`);
  return execFileSync(referee('debugfs'), ['-f', script, image], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'UTC' },
  });
}

/** Names with their inodes, by our reader: debugfs takes no name with a line end. */
export async function namesOf({ place }: Built): Promise<ReadonlyMap<string, Name>> {
  const file = await open(join(place, 'disk'));
  try {
    const ext4 = await Ext4.open((position, length) => readAt(file, offset + position, length));
    const names = await Array.fromAsync(ext4.names());
    return new Map(names.map((name) => [name.path, name]));
  } finally {
    await file.close();
  }
}

/** Everything that the tar says is in the file system, and nothing else, by e2fsck, debugfs's rdump and its stat. */
export async function compare(built: Built): Promise<void> {
  const { image, entries, place } = built;
  expect(execFileSync(referee('e2fsck'), ['-fn', image], { encoding: 'utf8', stdio: 'pipe' })).not.toMatch(
    /Fix\?|error/i,
  );

  const dumped = join(place, 'dumped');
  mkdirSync(dumped);
  debugfs(image, `rdump / ${dumped}`);
  const written = entries.filter(({ type }) => ['file', 'hardlink', 'directory', 'symlink'].includes(type));
  const found = entriesBelow(dumped).filter((path) => path !== 'lost+found');
  expect(found.sort()).toEqual(written.map(({ path }) => path).sort());
  const files = new Map(entries.map((entry) => [entry.path, entry]));
  for (const entry of written) {
    const path = join(dumped, entry.path);
    const stats = lstatSync(path);
    const source = entry.type === 'hardlink' ? files.get(entry.target)! : entry;
    if (entry.type === 'symlink') {
      expect(readlinkSync(path)).toBe(entry.target);
      continue;
    }
    expect([entry.path, stats.mode & 0o777, stats.uid, stats.gid]).toEqual([
      entry.path,
      // rdump leaves the other bits out; `stat` below tells them.
      source.mode & 0o777,
      source.uid,
      source.gid,
    ]);
    if (source.type === 'file') expect(readFileSync(path).equals(await contentOf(source, place))).toBe(true);
  }

  const names = await namesOf(built);
  const shown = [...names.values()].map(({ inode }) => `stat <${inode}>`);
  const stats = debugfs(image, ...shown)
    .split(/^debugfs: stat .*$/m)
    .slice(1);
  const byPath = new Map([...names.keys()].map((path, i) => [path, stats[i]!]));
  for (const entry of entries) checkStat(entry, byPath.get(entry.path)!, entries);
  for (const entry of entries) {
    for (const [name, value] of Object.entries(entry.xattrs ?? {})) {
      const { inode } = names.get(entry.path)!;
      debugfs(image, `ea_get -f ${join(place, 'value')} <${inode}> "${name.replaceAll('"', '""')}"`);
      expect(readFileSync(join(place, 'value')).equals(value)).toBe(true);
    }
  }
}

const types = {
  file: 'regular',
  hardlink: 'regular',
  directory: 'directory',
  symlink: 'symlink',
  character: 'character special',
  block: 'block special',
  fifo: 'FIFO',
} as const;

function checkStat(entry: LayerEntry, stat: string, entries: readonly LayerEntry[]): void {
  const source = entry.type === 'hardlink' ? entries.find(({ path }) => path === entry.target)! : entry;
  const links = entries.filter((each) => each.type === 'hardlink' && each.target === source.path).length + 1;
  expect(stat).toContain(`Type: ${types[entry.type]} `);
  expect(stat).toMatch(new RegExp(`Mode: +0*${source.mode === 0 ? '' : source.mode.toString(8)} `));
  // debugfs shows them with a sign.
  expect(stat).toMatch(new RegExp(`User: +${source.uid | 0} +Group: +${source.gid | 0} `));
  if (source.type !== 'directory') expect(stat).toContain(`Links: ${links} `);
  if (source.type === 'character' || source.type === 'block') {
    expect(stat).toContain(`number: ${pair(source.major)}:${pair(source.minor)} `.replace(/ $/, ''));
  }
  const hex = (seconds: number) =>
    `0x${(seconds % 2 ** 32).toString(16).padStart(8, '0')}:0000000${Math.floor((seconds + 2 ** 31) / 2 ** 32)}`;
  expect(stat).toContain(` mtime: ${hex(Math.min(source.mtime ?? time, 10_737_418_239))} `);
  for (const name of [' atime', ' ctime', 'crtime']) expect(stat).toContain(`${name}: ${hex(time)} `);
}

function pair(number: number): string {
  return String(number).padStart(2, '0');
}

async function contentOf(entry: LayerEntry, place: string): Promise<Buffer> {
  if (entry.type !== 'file' || entry.content instanceof Uint8Array) throw new Error('no span');
  const file = await open(join(place, 'root.tar'));
  try {
    return await readAt(file, entry.content.offset, entry.size);
  } finally {
    await file.close();
  }
}

const name = fc.oneof(
  fc.stringMatching(/^[a-z]{1,3}$/),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
  fc.stringMatching(/^[ "'\n\\$<>?;#-]{1,6}$/),
  fc.stringMatching(/^[x]{200,255}$/),
);
const common = {
  path: fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/')),
  mode: fc.integer({ min: 0, max: 0o7777 }),
  uid: fc.integer({ min: 0, max: 2 ** 32 - 2 }),
  gid: fc.nat({ max: 70_000 }),
  mtime: fc.oneof(fc.nat({ max: 2 ** 31 }), fc.integer({ min: 0, max: 2 ** 36 })),
  xattrs: fc.dictionary(fc.stringMatching(/^(user|trusted)\.[a-z "']{1,10}$/), fc.uint8Array({ maxLength: 300 }), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
};
const content = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.nat({ max: 40_000 }).map((size) => Buffer.alloc(size, 'text')),
  fc.nat({ max: 40_000 }).map((size) => Buffer.alloc(size)),
);
const entry: fc.Arbitrary<LayerEntry> = fc.oneof(
  fc.record({ ...common, type: fc.constant('directory' as const) }),
  fc.record({ ...common, type: fc.constant('fifo' as const) }),
  fc.record({ ...common, content }).map((each) => ({ ...each, type: 'file' as const, size: each.content.length })),
  fc.record({
    ...common,
    type: fc.constant('symlink' as const),
    mode: fc.constant(0o777),
    target: fc.oneof(fc.constant('/etc/passwd'), fc.constant('..'), fc.constant(`/${'long/'.repeat(300)}`)),
  }),
  fc.record({
    ...common,
    type: fc.constantFrom('character' as const, 'block' as const),
    major: fc.nat({ max: 4095 }),
    minor: fc.nat({ max: 1_048_575 }),
  }),
);

/** The entries that can be together: each path once, nothing below what is no folder, and a hard link to a file. */
function sound(entries: readonly LayerEntry[]): LayerEntry[] {
  const byPath = new Map<string, LayerEntry>();
  const usable = (path: string) =>
    !/[\0\ud800-\udfff]/.test(path.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')) &&
    path.split('/').every((each) => !['', '.', '..', 'lost+found'].includes(each) && !each.startsWith('.wh.')) &&
    path.split('/').every((each) => Buffer.byteLength(each) <= 255);
  for (const entry of entries) {
    const parts = entry.path.split('/');
    const parents = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join('/'));
    const blocked = parents.some((path) => byPath.has(path) && byPath.get(path)!.type !== 'directory');
    const isParent = [...byPath.keys()].some((path) => path.startsWith(`${entry.path}/`));
    if (!usable(entry.path) || blocked || byPath.has(entry.path) || (isParent && entry.type !== 'directory')) continue;
    byPath.set(entry.path, entry);
  }
  const file = [...byPath.values()].find(({ type }) => type === 'file');
  const kept = [...byPath.values()];
  if (!file || byPath.has('hard link')) return kept;
  return [...kept, { type: 'hardlink', path: 'hard link', target: file.path, mode: 0o644, uid: 0, gid: 0 }];
}

/** Trees of anything. */
export const randomTree = fc.array(entry, { maxLength: 40 }).map(sound);
