import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IsoInput } from '../plan/input.ts';
import { planIso } from '../plan/plan-iso.ts';
import {
  bsdtarListing,
  bsdtarText,
  contentAt,
  expectedListing,
  isoinfoEntries,
  sizeOf,
  xorrisoListing,
} from './test/referees.ts';
import { sampleOptions, temporaryFolder, textFile } from './test/sample.ts';
import { writeIso } from './write-iso.ts';

async function write(inputs: readonly IsoInput[]): Promise<string> {
  const plan = planIso(inputs, sampleOptions);
  const file = join(temporaryFolder(), 'x.iso');
  await writeIso(plan, file, { sync: false });
  expect(sizeOf(file)).toBe(plan.size);
  return file;
}

/** A file as one view shows it: in which folder, under which name, with which content. */
interface Shown {
  readonly folder: string;
  readonly content: string;
}

/** The content of every file is its path, so a view that shows the right contents in the right folders is right. */
function judgeContents(shown: readonly Shown[], inputs: readonly IsoInput[]): void {
  const folders = new Map<string, string>();
  const paths: string[] = [];
  for (const { folder, content } of shown) {
    const path = content.replace(/^content of /, '');
    const original = path.split('/').slice(0, -1).join('/');
    expect(folders.get(folder) ?? original).toBe(original);
    folders.set(folder, original);
    paths.push(path);
  }
  const files = inputs.filter((input) => input.type === 'file' && input.size > 0).map((input) => input.path);
  expect(paths.sort()).toEqual(files.sort());
}

/** ECMA-119 §6.8.2.1, §7.5, §7.6, §10.3, out of isoinfo. */
function judgePrimary(iso: string, inputs: readonly IsoInput[]): void {
  const entries = isoinfoEntries(iso, 'primary');
  const files = entries.filter((entry) => !entry.isDirectory && entry.size > 0);
  const shown = files.map((entry) => ({ folder: entry.folder, content: contentAt(iso, entry) }));
  judgeContents(shown, inputs);
  const paths = entries.map((entry) => `${entry.folder}/${entry.identifier}`);
  expect(new Set(paths).size).toBe(paths.length);
  for (const { folder, identifier, isDirectory } of entries) {
    const levels = folder === '' ? 1 : folder.split('/').length + 1;
    expect(levels).toBeLessThanOrEqual(8);
    expect(Buffer.byteLength(`${folder}/${identifier}`)).toBeLessThanOrEqual(255);
    expect(identifier).toMatch(isDirectory ? /^[A-Z0-9_]{1,31}$/ : /^(?=.{4,33}$)[A-Z0-9_]*\.[A-Z0-9_]*;1$/);
  }
}

/** Joliet, "Allowed Character Set", with names to 103 characters; names out of bsdtar, places out of isoinfo. */
function judgeJoliet(iso: string, inputs: readonly IsoInput[]): void {
  const listing = [...bsdtarListing(iso, 'joliet')];
  const shown = listing.flatMap(([path, entry]) => {
    const content = /^file \d+ (.+)$/s.exec(entry)?.[1];
    const folder = path.split('/').slice(0, -1).join('/');
    return content === undefined ? [] : [{ folder, content: Buffer.from(content, 'latin1').toString('utf8') }];
  });
  judgeContents(shown, inputs);
  for (const [path] of listing) {
    expect(path.split('/').at(-1)).toMatch(/^[^\u0000-\u001f*:;?\\]{1,103}$/);
  }
  const entries = isoinfoEntries(iso, 'joliet');
  expect(entries.length).toBe(listing.length);
  const files = entries.filter((entry) => !entry.isDirectory && entry.size > 0);
  const contents = files.map((entry) => contentAt(iso, entry).replace(/^content of /, ''));
  expect(contents.sort()).toEqual(shown.map(({ content }) => content.replace(/^content of /, '')).sort());
}

async function judge(inputs: readonly IsoInput[]): Promise<string> {
  const iso = await write(inputs);
  const expected = expectedListing(inputs);
  expect(xorrisoListing(iso)).toEqual(expected);
  expect(bsdtarListing(iso)).toEqual(expected);
  judgePrimary(iso, inputs);
  judgeJoliet(iso, inputs);
  return iso;
}

const nested = (levels: number, name = (level: number) => `level${level}`): string =>
  Array.from({ length: levels }, (_, level) => name(level + 1)).join('/');

describe('images as other programs read them', () => {
  it('holds what the first importer looks for: MANIFEST.YAML;1 at the root', async () => {
    const iso = await judge([textFile('manifest.yaml'), textFile('images/a/1.0/version'), textFile('MANIFEST.yaml')]);
    const entry = isoinfoEntries(iso, 'primary').find(({ identifier }) => identifier === 'MANIFEST.YAML;1');
    expect(entry && contentAt(iso, entry)).toBe('content of manifest.yaml');
  });

  it('holds nothing at all', async () => {
    await judge([]);
  });

  it('holds empty files, empty folders and links, with their modes', async () => {
    await judge([
      textFile('empty', ''),
      textFile(`${'e'.repeat(250)}`, ''),
      { path: 'folder', type: 'directory', mode: 0o700 },
      { ...textFile('folder/program'), mode: 0o755 },
      { path: 'other', type: 'directory' },
      { path: 'link', type: 'symlink', target: 'folder/program' },
      { path: 'up', type: 'symlink', target: '../.././x/..' },
      { path: 'root', type: 'symlink', target: '/' },
      { path: 'absolute', type: 'symlink', target: '/usr/bin/ünï' },
      { path: 'name', type: 'symlink', target: 'n'.repeat(255) },
      { path: 'dots', type: 'symlink', target: Array.from({ length: 511 }, () => 'a').join('/') },
      { path: 'l'.repeat(255), type: 'symlink', target: `${'t'.repeat(200)}/`.repeat(5) + 'end' },
    ]);
  });

  it('holds names of every kind', async () => {
    const names = ['ünï', '日本語', '😀.txt', '😁.txt', 'a b', "it's", 'a*b', 'a?b', 'a:b', 'a;b', 'a\\b', 'tab\there'];
    const more = ['.hidden', 'dot.', '-', 'new\nline', 'A', 'a', 'e\u0301', 'x.tar.gz', '~', '%41', '"'];
    await judge([...names, ...more].map((name) => textFile(`names/${name}`)));
    await judge([...names, ...more, 'x'.repeat(255)].map((name) => textFile(`${name}/${'y'.repeat(255)}/file`)));
  });

  it('holds names of 255 bytes that differ at their end only', async () => {
    const names = ['1', '2', '3'].map((end) => `${'x'.repeat(254)}${end}`);
    const wide = ['1', '2'].map((end) => `${'é'.repeat(127)}${end}`);
    await judge([...names, ...wide].map((name) => textFile(name)));
  });

  it('holds names that collide once they are shortened, as files and as folders', async () => {
    const long = 'collide-'.repeat(8);
    await judge([
      ...['a:b', 'a?b', 'a_b', 'A_B', 'a*b.x', 'a_b.x', 'foo', 'foo.', 'FOO'].map((name) => textFile(`files/${name}`)),
      ...['c:d', 'c?d', 'c_d', 'C_D', `${long}1`, `${long}2`].map((name) => textFile(`${name}/file`)),
      ...['1', '2', '3'].map((end) => textFile(`${long.repeat(2)}${end}.tar.gz`)),
    ]);
  });

  it('holds folders twelve and thirty levels deep, with neighbours', async () => {
    await judge([
      textFile(`${nested(12)}/file`),
      textFile(`${nested(11)}/beside`),
      textFile(`${nested(12)}/other/file`),
      textFile(`${nested(8)}/second/${nested(10)}/file`),
      textFile(`${nested(30, (level) => `n${level}`)}/file`),
      textFile(`${nested(7)}/file`),
      textFile('level1/beside'),
      { path: `${nested(9)}/empty`, type: 'directory' },
    ]);
  });

  it('moves folders whose path would be too long for the primary tree', async () => {
    const name = (level: number) => `${level}${'long-name-of-a-folder'.repeat(2)}`;
    await judge([textFile(`${nested(7, name)}/${'f'.repeat(200)}`), textFile(`${nested(6, name)}/file`)]);
  });

  it('leaves a file, a link or a folder of the name rr_moved alone', async () => {
    const deep = textFile(`${nested(12)}/file`);
    await judge([deep, textFile('rr_moved')]);
    // bsdtar makes the folder anew, for lack of an entry: hence the mode.
    const folder = (path: string): IsoInput => ({ path, type: 'directory', mode: 0o755 });
    await judge([deep, folder('rr_moved'), textFile('rr_moved/mine')]);
    await judge([deep, textFile('rr_moved'), folder('.rr_moved'), textFile('.rr_moved/mine')]);
    await judge([deep, textFile('RR-MOVED/mine'), textFile('rr_moveD/x')]);
  });

  it('holds 20,000 files in one directory', async () => {
    const inputs = Array.from({ length: 20_000 }, (_, i) => textFile(`many/file-${i}-${(i * 7919) % 20_011}.dat`));
    const iso = await write(inputs);
    const { paths, contents } = bsdtarText(iso);
    expect(paths.sort()).toEqual(['many', ...inputs.map(({ path }) => path)].sort());
    // Contents lie in the order of the paths.
    expect(contents).toBe(
      inputs
        .map(({ path }) => `content of ${path}`)
        .sort()
        .join(''),
    );
    expect(isoinfoEntries(iso, 'primary').filter((entry) => !entry.isDirectory).length).toBe(20_000);
    expect(isoinfoEntries(iso, 'joliet').filter((entry) => !entry.isDirectory).length).toBe(20_000);
  });

  it('holds random trees', async () => {
    await fc.assert(
      fc.asyncProperty(randomTree, async (inputs) => {
        await judge(inputs);
      }),
      { seed: 20_260_101, numRuns: 25, endOnFailure: true },
    );
  });
});

/** Names that collide, are long, or have characters that one of the views cannot have. */
const randomName = fc
  .oneof(
    { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...'abAB._-1é日'), minLength: 1, maxLength: 6 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('long', 'é', '.', 'x'), minLength: 30, maxLength: 60 }) },
  )
  .filter((name) => name !== '.' && name !== '..' && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255);

const randomPath = fc.array(randomName, { minLength: 1, maxLength: 11 }).map((segments) => segments.join('/'));

const randomTree = fc
  .array(fc.tuple(randomPath, fc.constantFrom('file', 'file', 'file', 'directory', 'symlink'), randomPath), {
    maxLength: 40,
  })
  .map((drawn) => {
    const taken = new Map<string, string>();
    const inputs: IsoInput[] = [];
    for (const [path, type, target] of drawn) {
      const segments = path.split('/');
      const parents = segments.slice(0, -1).map((_, i) => segments.slice(0, i + 1).join('/'));
      if (taken.has(path) || parents.some((parent) => (taken.get(parent) ?? 'directory') !== 'directory')) continue;
      for (const parent of parents) taken.set(parent, 'directory');
      taken.set(path, type);
      if (type === 'file') inputs.push(textFile(path));
      else if (type === 'directory') inputs.push({ path, type });
      else inputs.push({ path, type: 'symlink', target: target.slice(0, 300).replace(/[\ud800-\udbff]$/, '') });
    }
    return inputs;
  });
