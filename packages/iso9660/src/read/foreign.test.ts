import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { IsoEntry, IsoView } from './entry.ts';
import { openIso } from './open.ts';
import type { IsoImage } from './open.ts';
import { Random } from './test/random.ts';
import { makeIso, run, temporaryFolder, time, writeTree } from './test/foreign-iso.ts';
import type { TreeOfFiles } from './test/foreign-iso.ts';

const random = new Random(1);
const bytes = (length: number) => random.bytes(length);

const names: TreeOfFiles = {
  'manifest.yaml': 'kind: Solution\n',
  empty: '',
  'empty folder': 'folder',
  'no extension.': 'a full stop at the end',
  'größe/日本語 🚢.txt': 'unicode',
  '.hidden/..twice': 'dots',
  'a;1': 'a semicolon',
  sector: bytes(2048),
  'sector and one': bytes(2049),
  'several/chunks.bin': bytes(3_000_000),
};
const longNames: TreeOfFiles = {
  [`${'n'.repeat(251)}.txt`]: '255 bytes',
  [`${'ü'.repeat(127)}/${'日'.repeat(85)}`]: 'in two and three bytes each',
};
const links: TreeOfFiles = {
  'link/near': { link: 'file' },
  'link/file': 'target',
  'link/up': { link: '../../outside' },
  'link/absolute': { link: '/etc/passwd' },
  'link/dots': { link: './././..' },
  'link/long': { link: `${'component/'.repeat(14)}é` },
};
/** Longer than one SL entry, and than one component; genisoimage writes such targets wrong. */
const longLinks: TreeOfFiles = {
  'link/longer': { link: `../${'component/'.repeat(90)}end` },
  'link/component': { link: 'c'.repeat(250) },
};
const deep: TreeOfFiles = {
  '1/2/3/4/5/6/7/8/9/10/11/12/deep.bin': bytes(5000),
  '1/2/3/4/5/6/7/8/other': 'beside',
  '1/2/3/4/5/6/7/8/9/link': { link: '10' },
};
const many: TreeOfFiles = Object.fromEntries(
  Array.from({ length: 700 }, (_, index) => [`many/file with a long name ${index}.txt`, `number ${index}`]),
);

const without = (tree: TreeOfFiles, ...paths: string[]): TreeOfFiles =>
  Object.fromEntries(Object.entries(tree).filter(([path]) => !paths.includes(path)));
const rockRidge: TreeOfFiles = { ...names, ...longNames, ...links, ...deep, ...many };

interface Case {
  readonly name: string;
  readonly tool: 'xorriso' | 'genisoimage';
  readonly options: readonly string[];
  readonly tree: TreeOfFiles;
  readonly views: readonly IsoView[];
}

const cases: Case[] = [
  {
    name: 'xorriso with everything',
    tool: 'xorriso',
    options: ['-r', '-J', '-joliet-long', '-iso-level', '3'],
    tree: { ...names, ...links, ...longLinks, ...deep, ...many },
    views: ['rock-ridge', 'joliet', 'primary'],
  },
  {
    name: 'xorriso with long names and deep folders as they are',
    tool: 'xorriso',
    options: ['-R', '-D', '-iso-level', '4'],
    tree: { ...rockRidge, ...longLinks },
    views: ['rock-ridge', 'primary'],
  },
  {
    name: 'xorriso with moved folders',
    tool: 'xorriso',
    options: ['-R', '-rr_reloc_dir', '/moved'],
    tree: { ...rockRidge, ...longLinks },
    views: ['rock-ridge', 'primary'],
  },
  {
    name: 'xorriso with El Torito',
    tool: 'xorriso',
    options: ['-R', '-J', '-b', 'sector', '-no-emul-boot', '-c', 'boot.cat'],
    tree: names,
    views: ['rock-ridge', 'joliet', 'primary'],
  },
  {
    name: 'genisoimage with moved folders',
    tool: 'genisoimage',
    options: ['-R', '-l'],
    tree: rockRidge,
    views: ['rock-ridge', 'primary'],
  },
  {
    name: 'genisoimage as MetalK8s calls it',
    tool: 'genisoimage',
    options: ['-R', '-J', '-joliet-long', '-l', '-iso-level', '3', '-D', '-uid', '0', '-gid', '0'],
    tree: { ...without(names, 'größe/日本語 🚢.txt'), ...links, ...deep, ...many, 'größe/日本語': 'unicode' },
    views: ['rock-ridge', 'joliet', 'primary'],
  },
  {
    name: 'genisoimage level 1',
    tool: 'genisoimage',
    options: ['-iso-level', '1'],
    tree: without(names, 'größe/日本語 🚢.txt'),
    views: ['primary'],
  },
  {
    name: 'genisoimage level 4',
    tool: 'genisoimage',
    options: ['-iso-level', '4', '-input-charset', 'iso8859-1'],
    tree: without(names, 'größe/日本語 🚢.txt'),
    views: ['primary'],
  },
];

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe.each(cases)('an image of $name', ({ name, tool, options, tree, views }) => {
  const iso = join(folder.path, `${name}.iso`);
  let image: IsoImage;
  beforeAll(async () => {
    const source = join(folder.path, name);
    writeTree(source, tree);
    makeIso(tool, source, iso, ['-V', 'A Volume 1.0', ...options]);
    image = await openIso(iso);
  });
  afterAll(() => image.close());

  it('opens', () => {
    expect(image.volumeId).toBe('A Volume 1.0');
    expect(image.views).toEqual(views);
    expect(image.jolietVolumeId).toBe(views.includes('joliet') ? 'A Volume 1.0' : undefined);
    expect(image.primary.volumeSize).toBe(image.size);
  });

  if (views.includes('rock-ridge'))
    it('gives what went in, through Rock Ridge', async () => {
      const found = await contents(image, 'rock-ridge');
      expect(without(found, 'boot.cat', 'rr_moved', 'moved')).toEqual(expected(tree));
    });

  if (views.includes('joliet'))
    it('gives what went in, through Joliet', async () => {
      // xorriso leaves links out of the Joliet tree, genisoimage makes empty files of them.
      const entries = Object.entries(tree).flatMap(([path, what]): [string, TreeOfFiles[string]][] => {
        if (typeof what !== 'object' || !('link' in what)) return [[jolietPath(path), what]];
        return tool === 'xorriso' ? [] : [[path, '']];
      });
      const found = without(await contents(image, 'joliet'), 'boot.cat');
      expect(found).toEqual(expected(Object.fromEntries(entries)));
    });

  it('gives in the primary view what isoinfo finds', async () => {
    const entries = await all(image, 'primary');
    const paths = await Promise.all(entries.map((entry) => identifierPath(image, entry)));
    const listed = run('isoinfo', ['-f', '-i', iso]).split('\n').filter(Boolean);
    expect(paths.sort()).toEqual(listed.sort());
  });

  it('finds each entry by its path', async () => {
    for (const view of views) {
      const entries = await all(image, view);
      for (const entry of entries.filter((_, index) => index % 97 === 0 || index < 20)) {
        expect(await image.stat(`/${entry.path}`, view)).toEqual(entry);
      }
      expect(await image.stat('no/such/entry', view)).toBeUndefined();
      expect(await image.stat(`${entries.find((entry) => entry.type === 'file')?.path}/below`, view)).toBeUndefined();
      expect(await image.stat('', view)).toMatchObject({ path: '', type: 'directory' });
      expect(await image.stat('..', view)).toBeUndefined();
    }
  });
});

describe('what Rock Ridge says of a file', () => {
  const iso = join(folder.path, 'attributes.iso');
  beforeAll(() => {
    const source = join(folder.path, 'attributes');
    writeTree(source, { 'folder/file': 'text', 'folder/run': 'program', link: { link: 'folder/file' } });
    run('xorriso', [
      ...['-outdev', iso, '-volid', 'attributes', '-map', source, '/', '-chmod', '04750', '/folder/run', '--'],
      ...[
        '-chown',
        '1000',
        '/folder/run',
        '--',
        '-chgrp',
        '70000',
        '/folder/run',
        '--',
        '-chmod',
        '0500',
        '/folder',
        '--',
      ],
      ...['-alter_date', 'm', '=1234567890', '/folder/run', '--'],
    ]);
  });

  it('is what was set', async () => {
    const image = await openIso(iso);
    expect(await image.stat('folder/run')).toMatchObject({ mode: 0o4750, uid: 1000, gid: 70000, time: 1234567890 });
    expect(await image.stat('folder')).toMatchObject({ type: 'directory', mode: 0o500, size: 0 });
    expect(await image.stat('folder/file')).toMatchObject({ type: 'file', size: 4, time, identifier: 'FILE.;1' });
    expect(await image.stat('link')).toMatchObject({ type: 'symlink', size: 0, target: 'folder/file', extents: [] });
    await image.close();
  });
});

describe('reading', () => {
  const iso = join(folder.path, 'ranges.iso');
  const content = Buffer.from(bytes(2_500_000));
  let image: IsoImage;
  beforeAll(async () => {
    const source = join(folder.path, 'ranges');
    writeTree(source, { file: content, 'folder/link': { link: '../file' } });
    makeIso('xorriso', source, iso, ['-R']);
    image = await openIso(iso);
  });
  afterAll(() => image.close());

  it('gives any range of a file', async () => {
    const entry = await entryAt(image, 'file');
    for (const [offset, length] of [
      [0, 0],
      [0, 1],
      [2047, 2],
      [1_048_575, 1_048_578],
      [2_499_999, 1],
      [2_500_000, 0],
    ]) {
      if (offset === undefined || length === undefined) continue;
      const read = await bytesOf(image, entry, { offset, length });
      expect(read.equals(content.subarray(offset, offset + length))).toBe(true);
    }
    expect((await bytesOf(image, entry, { offset: 2_000_000 })).equals(content.subarray(2_000_000))).toBe(true);
  });

  it('refuses a range outside the file', async () => {
    const entry = await entryAt(image, 'file');
    for (const range of [{ offset: -1 }, { offset: 2_500_001 }, { offset: 0, length: 2_500_001 }, { offset: 0.5 }]) {
      await expect(bytesOf(image, entry, range)).rejects.toMatchObject({ code: 'INGOT_ISO_RANGE' });
    }
  });

  it('refuses folders and links', async () => {
    for (const path of ['folder', 'folder/link']) {
      const entry = await entryAt(image, path);
      await expect(bytesOf(image, entry)).rejects.toMatchObject({ code: 'INGOT_ISO_NOT_FILE', path });
    }
  });

  it('refuses a view that the image does not have', async () => {
    await expect(image.stat('file', 'joliet')).rejects.toMatchObject({
      code: 'INGOT_ISO_VIEW',
      help: 'Use one of its views: rock-ridge, primary.',
    });
    expect(() => image.list('joliet')).toThrow(expect.objectContaining({ code: 'INGOT_ISO_VIEW' }));
  });

  it('finds a primary identifier with its version', async () => {
    expect(await image.stat('FILE.;1', 'primary')).toMatchObject({ path: 'FILE', identifier: 'FILE.;1' });
  });
});

/** Joliet: no `;` and a few others in names, and no characters beyond UCS-2; both tools write `_` in their place. */
const jolietPath = (path: string) => path.replaceAll(/[*:;?\\]|[^\0-\uffff]/gu, '_');

function expected(tree: TreeOfFiles): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [path, what] of Object.entries(tree)) {
    const parts = path.split('/');
    for (let end = 1; end < parts.length; end += 1) found[parts.slice(0, end).join('/')] = 'directory';
    if (what === 'folder') found[path] = 'directory';
    else if (typeof what === 'object' && 'link' in what) found[path] = `-> ${what.link}`;
    else found[path] = digest(Buffer.from(what));
  }
  return found;
}

async function contents(image: IsoImage, view: IsoView): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const entry of image.list(view)) {
    expect(found[entry.path]).toBeUndefined();
    if (entry.type === 'file') found[entry.path] = digest(await bytesOf(image, entry));
    else found[entry.path] = entry.type === 'symlink' ? `-> ${entry.target}` : entry.type;
  }
  return found;
}

const digest = (content: Uint8Array) => `${content.length} ${createHash('sha256').update(content).digest('hex')}`;

async function bytesOf(image: IsoImage, entry: IsoEntry, range?: { offset: number; length?: number }): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(image.read(entry, range)));
}

const all = (image: IsoImage, view: IsoView) => Array.fromAsync(image.list(view));

async function entryAt(image: IsoImage, path: string): Promise<IsoEntry> {
  const entry = await image.stat(path);
  if (entry === undefined) throw new Error(`no ${path}`);
  return entry;
}

/** A path of identifiers, as isoinfo prints it. */
async function identifierPath(image: IsoImage, entry: IsoEntry): Promise<string> {
  const parents = entry.path.split('/').slice(0, -1);
  const identifiers = parents.map(async (_, index) => {
    const parent = await image.stat(parents.slice(0, index + 1).join('/'), 'primary');
    return parent?.identifier;
  });
  return ['', ...(await Promise.all(identifiers)), entry.identifier].join('/');
}
