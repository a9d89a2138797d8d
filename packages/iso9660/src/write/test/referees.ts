import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, statSync, lstatSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { referee } from '../../../../../tools/referee.ts';
import type { Referee } from '../../../../../tools/referee.ts';
import type { IsoInput } from '../../plan/input.ts';
import { temporaryFolder } from './sample.ts';

/** What a tree holds, a line each: path, type, mode, and the content as text or the target of a link. */
export type Listing = Map<string, string>;

function run(program: Referee, args: readonly string[], encoding: 'utf8' | 'latin1' = 'utf8'): string {
  return execFileSync(referee(program), args, {
    env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', HOME: '/nonexistent' },
    encoding,
    maxBuffer: 2 ** 30,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What should come out of `inputs` through Rock Ridge, with the folders that are made. */
export function expectedListing(inputs: readonly IsoInput[]): Listing {
  const listing: Listing = new Map();
  for (const { path } of inputs) {
    const segments = path.split('/');
    for (let i = 1; i < segments.length; i++) listing.set(segments.slice(0, i).join('/'), 'directory 555');
  }
  for (const input of inputs) {
    if (input.type === 'symlink') listing.set(input.path, `symlink ${input.target}`);
    else if (input.type === 'directory') listing.set(input.path, `directory ${(input.mode ?? 0o555).toString(8)}`);
    else {
      const text = 'bytes' in input.content ? Buffer.from(input.content.bytes).toString('latin1') : '';
      listing.set(input.path, `file ${(input.mode ?? 0o444).toString(8)} ${text}`);
    }
  }
  return sorted(listing);
}

/** The tree as xorriso extracts it through Rock Ridge. */
export function xorrisoListing(iso: string): Listing {
  const folder = join(temporaryFolder(), 'out');
  run('xorriso', ['-osirrox', 'on', '-indev', iso, '-extract', '/', folder]);
  return listFolder(folder);
}

/** The tree as bsdtar extracts it, through Rock Ridge unless it is told to see Joliet only. */
export function bsdtarListing(iso: string, view: 'rock-ridge' | 'joliet' = 'rock-ridge'): Listing {
  const folder = join(temporaryFolder(), 'out');
  mkdirSync(folder);
  const options = view === 'joliet' ? ['--options', 'iso9660:!rockridge'] : [];
  run('bsdtar', ['-x', '-p', '-P', ...options, '-f', iso, '-C', folder]);
  return listFolder(folder);
}

/** The names of all files and the contents of all files, one after the other, as bsdtar finds them. */
export function bsdtarText(iso: string): { paths: string[]; contents: string } {
  const paths = run('bsdtar', ['-tf', iso]).trimEnd().split('\n');
  return { paths: paths.filter((path) => path !== '.'), contents: run('bsdtar', ['-xOf', iso]) };
}

export function listFolder(folder: string): Listing {
  const listing: Listing = new Map();
  const waiting = [''];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const name of readdirSync(join(folder, at))) {
      const path = at === '' ? name : `${at}/${name}`;
      const stat = lstatSync(join(folder, path));
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isSymbolicLink()) listing.set(path, `symlink ${readlinkSync(join(folder, path))}`);
      else if (stat.isFile()) listing.set(path, `file ${mode} ${readFileSync(join(folder, path)).toString('latin1')}`);
      else {
        listing.set(path, `directory ${mode}`);
        waiting.push(path);
      }
    }
  }
  return sorted(listing);
}

function sorted(listing: Listing): Listing {
  return new Map([...listing].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** An entry as isoinfo -l shows it. */
export interface ListedEntry {
  /** Path of the directory in this view, '' for the root. */
  readonly folder: string;
  readonly identifier: string;
  readonly isDirectory: boolean;
  readonly sector: number;
  readonly size: number;
}

/** The primary tree (or Joliet's) as isoinfo reads it. It shows Latin-1, and an underscore for all else. */
export function isoinfoEntries(iso: string, view: 'primary' | 'joliet'): ListedEntry[] {
  const text = run('isoinfo', ['-l', '-i', iso, ...(view === 'joliet' ? ['-J'] : [])], 'latin1');
  const entries: ListedEntry[] = [];
  let folder = '';
  for (const line of text.split('\n')) {
    const heading = /^Directory listing of \/(.*)$/.exec(line);
    if (heading !== null) folder = (heading[1] ?? '').replace(/\/$/, '');
    const match = /^([d-])[-rwx]{9} +\d+ +\d+ +\d+ +(\d+) \w+ +\d+ +\d+ \[ *(\d+) \d\d\]  (.*) $/u.exec(line);
    if (match === null) continue;
    const [, type, size, sector, identifier = ''] = match;
    if (identifier === '.' || identifier === '..') continue;
    entries.push({ folder, identifier, isDirectory: type === 'd', sector: Number(sector), size: Number(size) });
  }
  return entries;
}

/** The bytes of an entry, as text. */
export function contentAt(iso: string, { sector, size }: ListedEntry): string {
  return readFileSync(iso)
    .subarray(sector * 2048, sector * 2048 + size)
    .toString('utf8');
}

export function sizeOf(file: string): number {
  return statSync(file).size;
}
