import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { entriesBelow } from '../../../../tools/entries-below.ts';
import { openIso } from '../read/open.ts';
import type { IsoImage } from '../read/open.ts';
import { inMemory } from '../read/random-access.ts';
import { cl, CraftedIso, nm, px, record, sl } from '../read/test/crafted-iso.ts';
import { run, temporaryFolder, time, writeTree } from '../read/test/foreign-iso.ts';
import { Random } from '../read/test/random.ts';
import { extract } from './extract.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

/** A place for each test: `into` does not exist yet. */
let place: string;
let into: string;
let tests = 0;
beforeEach(() => {
  place = join(folder.path, `test ${(tests += 1)}`);
  mkdirSync(place);
  into = join(place, 'extracted');
});

const rockRidge = (...records: Uint8Array[]) => openIso(inMemory(new CraftedIso(24).root(...records).bytes));
const link = (name: string, target: string) => {
  const components = target.split('/').map((part): [number, string] => {
    if (part === '') return [8, ''];
    return part === '..' ? [4, ''] : part === '.' ? [2, ''] : [0, part];
  });
  return record({ identifier: name.toUpperCase(), use: [nm(name), px(0o120777), sl(0, ...components)] });
};
const file = (name: string) => record({ identifier: name, sector: 16, size: 10, use: [nm(name)] });
const folderAt = (name: string, sector: number) =>
  record({ identifier: name, sector, size: 2048, flags: 2, use: [nm(name)] });

describe('extracting an image', () => {
  const tree = {
    'manifest.yaml': 'kind: Solution\n',
    'a/b/c/deep.bin': new Random(3).bytes(2_500_000),
    'a/empty': '',
    'a/none': 'folder',
    'a/link': { link: 'b/c/deep.bin' },
    'größe 日本': 'unicode',
    run: '#!/bin/sh\n',
  } as const;
  const path = join(folder.path, 'image.iso');
  beforeAll(() => {
    const source = join(folder.path, 'source');
    writeTree(source, tree);
    const modes = ['-chmod', '04511', '/run', '--', '-chmod', '0500', '/a', '--'];
    run('xorriso', ['-outdev', path, '-joliet', 'on', '-map', source, '/', ...modes]);
  });
  const image = () => openIso(path);

  it('gives what bsdtar gives', async () => {
    const iso = await image();
    const done = await extract(iso, into);
    await iso.close();
    mkdirSync(join(place, 'theirs'));
    run('bsdtar', ['-xf', path, '-C', join(place, 'theirs')]);
    expect(contentOf(into)).toEqual(contentOf(join(place, 'theirs')));
    expect(done).toEqual({ files: 5, folders: 4, links: 1, bytes: 2_500_032, skipped: [] });
    expect(readdirSync(place).sort()).toEqual(['extracted', 'theirs']);
  });

  it('keeps times and permissions, so far as the owner can still delete it', async () => {
    const iso = await image();
    await extract(iso, into);
    await iso.close();
    const facts = (path: string) => {
      const { mode, mtimeMs } = lstatSync(join(into, path));
      return { mode: mode & 0o7777, time: mtimeMs / 1000 };
    };
    expect(facts('a')).toEqual({ mode: 0o700, time });
    expect(facts('run')).toEqual({ mode: 0o711 & ~process.umask(), time });
    expect(facts('a/b/c/deep.bin').time).toBe(time);
  });

  it('counts bytes, takes a view and a filter', async () => {
    const iso = await image();
    let bytes = 0;
    const filter = ({ path }: { path: string }) => path.endsWith('deep.bin');
    const done = await extract(iso, into, { view: 'joliet', filter, onBytes: (count) => (bytes += count) });
    await iso.close();
    expect(bytes).toBe(2_500_000);
    expect(done).toMatchObject({ files: 1, folders: 0, links: 0 });
    expect(Object.keys(contentOf(into))).toEqual(['a', 'a/b', 'a/b/c', 'a/b/c/deep.bin']);
  });

  it('leaves nothing when it is stopped', async () => {
    const iso = await image();
    const stop = new AbortController();
    const onBytes = () => stop.abort(new Error('enough'));
    await expect(extract(iso, into, { signal: stop.signal, onBytes })).rejects.toThrow('enough');
    expect(readdirSync(place)).toEqual([]);
    writeFileSync(join(place, 'run'), 'mine');
    const late = new AbortController();
    let bytes = 0;
    const atTheEnd = (count: number) => (bytes += count) === 2_500_032 && late.abort(new Error('late'));
    const options = { replace: true, signal: late.signal, onBytes: atTheEnd };
    await expect(extract(iso, place, options)).rejects.toThrow('late');
    await iso.close();
    expect(contentOf(place)).toEqual({ run: 'mine' });
  });
});

describe('a folder that is there', () => {
  it('is taken if it is empty', async () => {
    mkdirSync(into);
    await extract(await rockRidge(file('a')), into);
    expect(readdirSync(into)).toEqual(['a']);
  });

  it('is refused if it is not, or is a file', async () => {
    mkdirSync(into);
    writeFileSync(join(into, 'mine'), 'mine');
    await expect(extract(await rockRidge(file('a')), into)).rejects.toMatchObject({
      code: 'INGOT_ISO_EXISTS',
      path: into,
    });
    await expect(extract(await rockRidge(file('a')), join(into, 'mine'))).rejects.toMatchObject({
      code: 'INGOT_ISO_EXISTS',
    });
    expect(contentOf(place)).toMatchObject({ 'extracted/mine': 'mine' });
  });

  it('keeps what the image does not bring, if its files are to be replaced', async () => {
    const image = new CraftedIso(24).root(file('a'), folderAt('d', 19), folderAt('new', 20), link('l', 'a'));
    image.directory(19, [], file('b'));
    image.directory(20, [], file('c'));
    mkdirSync(join(into, 'd'), { recursive: true });
    const outside = join(place, 'outside');
    writeFileSync(outside, 'outside');
    symlinkSync(outside, join(into, 'a'));
    writeFileSync(join(into, 'l'), 'old');
    for (const name of ['mine', 'd/b', 'd/mine']) writeFileSync(join(into, name), 'mine');
    const { ino } = lstatSync(into);
    await extract(await openIso(inMemory(image.bytes)), into, { replace: true });
    const content = contentOf(join(into, 'new'))['c'] ?? '';
    expect(content).toHaveLength(10);
    expect(contentOf(into)).toEqual({
      a: content,
      d: 'folder',
      'd/b': content,
      'd/mine': 'mine',
      l: '-> a',
      mine: 'mine',
      new: 'folder',
      'new/c': content,
    });
    expect(readFileSync(outside, 'utf8')).toBe('outside');
    // Not another folder of the same name: somebody may be in it.
    expect(lstatSync(into).ino).toBe(ino);
    expect(readdirSync(place).sort()).toEqual(['extracted', 'outside']);
  });

  it('stays the same folder if it is empty', async () => {
    mkdirSync(into);
    const { ino } = lstatSync(into);
    await extract(await rockRidge(file('a')), into);
    expect(lstatSync(into).ino).toBe(ino);
  });

  it('is refused, untouched, where a file would become a folder or a folder something else', async () => {
    const image = new CraftedIso(24).root(file('a'), folderAt('d', 19));
    image.directory(19, [], file('b'));
    const iso = await openIso(inMemory(image.bytes));
    const outside = join(place, 'outside');
    mkdirSync(outside);
    const makers: Record<string, (path: string) => void> = {
      'd/b': (path) => mkdirSync(path, { recursive: true }),
      a: (path) => mkdirSync(path, { recursive: true }),
      d: (path) => writeFileSync(path, 'mine'),
    };
    for (const [name, make] of [
      ...Object.entries(makers),
      ['d', (path: string) => symlinkSync(outside, path)] as const,
    ]) {
      const target = join(place, `target ${(tests += 1)}`);
      mkdirSync(target);
      make(join(target, name));
      const before = contentOf(target);
      const expected = { code: 'INGOT_ISO_EXISTS', path: join(target, name) };
      await expect(extract(iso, target, { replace: true })).rejects.toMatchObject(expected);
      const filter = ({ path }: { path: string }) => path === 'd/b';
      if (name !== 'a') await expect(extract(iso, target, { replace: true, filter })).rejects.toMatchObject(expected);
      expect(contentOf(target)).toEqual(before);
    }
    expect(readdirSync(outside)).toEqual([]);
  });

  it('that is a file is refused even then', async () => {
    writeFileSync(into, 'mine');
    const extracting = extract(await rockRidge(file('a')), into, { replace: true });
    await expect(extracting).rejects.toMatchObject({ code: 'INGOT_ISO_EXISTS', path: into });
    expect(contentOf(place)).toEqual({ extracted: 'mine' });
  });

  it('stays as it was if the image is bad', async () => {
    mkdirSync(into);
    writeFileSync(join(into, 'mine'), 'mine');
    const bad = await rockRidge(file('a'), record({ identifier: 'B', use: [nm('../escaped')] }));
    await expect(extract(bad, into, { replace: true })).rejects.toMatchObject({ code: 'INGOT_ISO_NAME' });
    expect(contentOf(place)).toEqual({ extracted: 'folder', 'extracted/mine': 'mine' });
  });
});

describe('links', () => {
  it.each(['/etc', '..', '../x', 'in/../../x', './..'])('to %s lead out of the folder', async (target) => {
    const image = await rockRidge(link('out', target), file('a'));
    await expect(extract(image, into)).rejects.toMatchObject({ code: 'INGOT_ISO_LINK', path: 'out' });
    expect(readdirSync(place)).toEqual([]);
    expect(await extract(image, into, { outsideLinks: 'skip' })).toMatchObject({
      files: 1,
      links: 0,
      skipped: ['out'],
    });
    expect(readdirSync(into)).toEqual(['a']);
    await extract(image, into, { outsideLinks: 'keep', replace: true });
    expect(readlinkSync(join(into, 'out'))).toBe(target);
  });

  it('lead out through other links, as the system would follow them', async () => {
    // d/e/root → ../.. is the folder itself; d/e/out → root/.. reads like d/e, and is the folder's parent.
    const image = new CraftedIso(24).root(folderAt('d', 19));
    image.directory(19, [], folderAt('e', 20));
    image.directory(20, [], link('out', 'root/..'), link('root', '../..'));
    const iso = await openIso(inMemory(image.bytes));
    await expect(extract(iso, into)).rejects.toMatchObject({ code: 'INGOT_ISO_LINK', path: 'd/e/out' });
    await extract(iso, into, { outsideLinks: 'skip' });
    expect(readdirSync(join(into, 'd/e'))).toEqual(['root']);
  });

  it('lead out through a link to an absolute path', async () => {
    const image = await rockRidge(link('near', 'far/x'), link('far', '/etc'));
    expect(await extract(image, into, { outsideLinks: 'skip' })).toMatchObject({ links: 0, skipped: ['near', 'far'] });
  });

  it.each(['a', 'nothing', 'self', './self/x', 'one', '.'])('to %s stay inside', async (target) => {
    const image = await rockRidge(file('a'), link('self', target), link('one', 'two'), link('two', 'one'));
    await extract(image, into);
    expect(readlinkSync(join(into, 'self'))).toBe(target);
  });

  it('are never written through', async () => {
    const outside = join(place, 'outside');
    mkdirSync(outside);
    // A link and a folder of one name: what is in the folder would land behind the link.
    const image = new CraftedIso(24);
    const parts = outside
      .split('/')
      .filter(Boolean)
      .map((part): [number, string] => [0, part]);
    const out = record({ identifier: 'D', use: [nm('d'), px(0o120777), sl(0, [8, ''], ...parts)] });
    image.root(out, folderAt('d', 19));
    image.directory(19, [], file('escaped'));
    const iso = await openIso(inMemory(image.bytes));
    await expect(extract(iso, into, { outsideLinks: 'keep' })).rejects.toMatchObject({ code: 'INGOT_ISO_DUPLICATE' });
    const filter = ({ path, type }: { path: string; type: string }) => path !== 'd' || type !== 'directory';
    await expect(extract(iso, into, { outsideLinks: 'keep', filter })).rejects.toMatchObject({
      code: 'INGOT_ISO_DUPLICATE',
    });
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(place)).toEqual(['outside']);
  });

  it('that the target folder itself is are followed if its files are to be replaced: the user named it', async () => {
    const outside = join(place, 'outside');
    mkdirSync(outside);
    writeFileSync(join(outside, 'mine'), 'mine');
    symlinkSync(outside, into);
    await expect(extract(await rockRidge(file('a')), into)).rejects.toMatchObject({ code: 'INGOT_ISO_EXISTS' });
    await extract(await rockRidge(file('a')), into, { replace: true });
    expect(lstatSync(into).isSymbolicLink()).toBe(true);
    expect(readdirSync(outside).sort()).toEqual(['a', 'mine']);
  });
});

describe('what cannot be extracted', () => {
  it('devices are left out, and named', async () => {
    const device = record({ identifier: 'NULL', use: [nm('null'), px(0o020666)] });
    expect(await extract(await rockRidge(device, file('a')), into)).toMatchObject({ files: 1, skipped: ['null'] });
  });

  it('two files of one name', async () => {
    await expect(extract(await rockRidge(file('a'), file('a')), into)).rejects.toMatchObject({
      code: 'INGOT_ISO_DUPLICATE',
      path: 'a',
    });
  });

  it('more than there is room for, as equal extents of a small image can be', async () => {
    const whole: IsoImage = {
      ...(await rockRidge()),
      list: async function* () {
        yield { path: 'huge', identifier: 'HUGE', type: 'file', size: 2 ** 52, extents: [] };
      },
    };
    await expect(extract(whole, into)).rejects.toMatchObject({ code: 'INGOT_ISO_SPACE' });
    expect(readdirSync(place)).toEqual([]);
  });

  it('what the system refuses', async () => {
    writeFileSync(join(place, 'file'), '');
    const below = join(place, 'file', 'below');
    await expect(extract(await rockRidge(file('a')), below)).rejects.toMatchObject({ code: 'INGOT_ISO_EXTRACT' });
    const image = await rockRidge(file('A'));
    const list = async function* () {
      for await (const entry of image.list()) yield { ...entry, path: 'n'.repeat(300) };
    };
    await expect(extract({ ...image, list }, into)).rejects.toMatchObject({ code: 'INGOT_ISO_EXTRACT' });
    expect(readdirSync(place)).toEqual(['file']);
  });

  it('a moved folder that is a circle', async () => {
    const image = new CraftedIso(24).root(record({ identifier: 'A', use: [cl(19)] }));
    image.directory(19, [px(0o040755)], record({ identifier: 'B', use: [cl(19)] }));
    const iso = await openIso(inMemory(image.bytes));
    await expect(extract(iso, into)).rejects.toMatchObject({ code: 'INGOT_ISO_LOOP' });
    expect(readdirSync(place)).toEqual([]);
  });
});

/** Everything below a folder, by path. */
function contentOf(root: string): Record<string, string> {
  const paths = entriesBelow(root);
  return Object.fromEntries(
    paths.map((path) => {
      const stat = lstatSync(join(root, path));
      if (stat.isSymbolicLink()) return [path, `-> ${readlinkSync(join(root, path))}`];
      return [path, stat.isDirectory() ? 'folder' : readFileSync(join(root, path), 'latin1')];
    }),
  );
}
