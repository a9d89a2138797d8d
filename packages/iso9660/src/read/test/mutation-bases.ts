import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isoBytes } from '../../write/iso-bytes.ts';
import { planIso } from '../../plan/plan-iso.ts';
import type { IsoInput } from '../../plan/input.ts';
import { makeIso, time, writeTree } from './foreign-iso.ts';
import type { TreeOfFiles } from './foreign-iso.ts';

/** An image that mutants are made of; as a message to a worker, so bytes only. */
export interface BaseImage {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Every kind of record in a few sectors: links, long names with continuation areas, a moved directory. */
const tree: TreeOfFiles = {
  'manifest.yaml': 'kind: Solution\n',
  empty: '',
  'folder/größe.txt': 'größe',
  'folder/other.txt': 'other',
  'folder/empty': 'folder',
  'folder/link': { link: '../manifest.yaml' },
  'long-link': { link: `${'part/'.repeat(30)}../end` },
  [`${'n'.repeat(200)}.txt`]: 'a long name',
  [`${'ü'.repeat(127)}`]: 'a long name in two bytes each',
  '1/2/3/4/5/6/7/8/9/deep.txt': 'deep',
  'big.bin': new Uint8Array(5000).fill(7),
};

/** Images of foreign tools, with and without Rock Ridge, Joliet and moved directories. */
export function foreignBases(folder: string): BaseImage[] {
  const source = join(folder, 'mutation-source');
  writeTree(source, tree);
  const image = (tool: 'xorriso' | 'genisoimage', name: string, ...options: string[]): BaseImage => {
    const iso = join(folder, `${name}.iso`);
    makeIso(tool, source, iso, options);
    return { name, bytes: readFileSync(iso) };
  };
  return [
    image('xorriso', 'xorriso', '-r', '-J', '-joliet-long'),
    image('xorriso', 'xorriso-deep', '-r', '-D'),
    image('genisoimage', 'genisoimage-moved', '-r', '-l'),
    image('genisoimage', 'genisoimage-joliet', '-r', '-J', '-joliet-long', '-D', '-l', '-iso-level', '3'),
    image('genisoimage', 'genisoimage-level-4', '-iso-level', '4', '-input-charset', 'iso8859-1'),
  ];
}

/** The same tree by our own writer, which moves deep folders and has all three views. */
export async function ownBase(): Promise<BaseImage> {
  const plan = planIso(Object.entries(tree).map(inputOf), { volumeId: 'own', time });
  return { name: 'own', bytes: Buffer.concat(await Array.fromAsync(isoBytes(plan))) };
}

function inputOf([path, what]: [string, TreeOfFiles[string]]): IsoInput {
  if (what === 'folder') return { path, type: 'directory' };
  if (typeof what === 'object' && 'link' in what) return { path, type: 'symlink', target: what.link };
  const bytes = Buffer.from(what);
  return { path, type: 'file', size: bytes.length, content: { bytes } };
}
