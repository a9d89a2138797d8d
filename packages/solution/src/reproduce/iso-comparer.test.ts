import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planIso, writeIso } from '@ingot/iso9660';
import { compareOutputs } from '@ingot/workspace/reproduce';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { isoComparer } from './iso-comparer.ts';
import type { IsoInput } from '@ingot/iso9660';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-isos-'));
  for (const side of ['one', 'other']) await mkdir(join(folder, side));
});
afterEach(() => rm(folder, { recursive: true }));

interface Facts {
  readonly volumeId?: string;
  readonly time?: number;
  readonly files: Readonly<Record<string, string>>;
  readonly mode?: number;
  readonly link?: string;
}

async function write(side: string, { volumeId = 'x 1.0.0', time = 0, files, mode = 0o444, link = 'a.txt' }: Facts) {
  const inputs: IsoInput[] = Object.entries(files).map(([path, text]) => {
    const bytes = Buffer.from(text);
    return { path, type: 'file', mode, size: bytes.length, content: { bytes } };
  });
  const plan = planIso([...inputs, { path: 'link', type: 'symlink', target: link }], { volumeId, time });
  await writeIso(plan, join(folder, side, 'x.iso'));
}

/** Place → what is there. */
async function compared(one: Facts, other: Facts): Promise<Record<string, readonly [string, string]>> {
  await write('one', one);
  await write('other', other);
  const roots = [join(folder, 'one'), join(folder, 'other')] as const;
  const { differences } = await compareOutputs(...roots, { paths: ['x.iso'], comparers: [isoComparer] });
  return Object.fromEntries(differences.map(({ at, first, second }) => [at.join(' › '), [first, second]]));
}

const files = { 'a.txt': 'a', 'docs/b.json': '{"b":1}' };

it('finds nothing in equal ISOs', async () => {
  expect(await compared({ files }, { files })).toEqual({});
});

it('names the entry, and looks into it', async () => {
  expect(await compared({ files }, { files: { ...files, 'docs/b.json': '{"b":2}' } })).toEqual({
    'x.iso › docs/b.json › .b': ['1', '2'],
  });
  expect(await compared({ files }, { files: { 'a.txt': 'a', 'docs/c': '' } })).toMatchObject({
    'x.iso › docs/b.json': ['file', '(none)'],
    'x.iso › docs/c': ['(none)', 'file'],
  });
});

it('names modes, links, times and the volume ID', async () => {
  const found = await compared({ files }, { files, mode: 0o644, link: 'b', volumeId: 'y 1.0.0' });
  expect(found).toMatchObject({
    'x.iso › a.txt › mode': [expect.stringMatching(/444$/), expect.stringMatching(/644$/)],
    'x.iso › link › target': ['a.txt', 'b'],
    'x.iso › volume ID': ['x 1.0.0', 'y 1.0.0'],
  });
  expect(Object.keys(await compared({ files }, { files, time: 60 }))).toContain('x.iso › a.txt › time');
});
