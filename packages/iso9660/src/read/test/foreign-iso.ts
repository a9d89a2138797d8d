import { execFileSync } from 'node:child_process';
import { lutimesSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { entriesBelow } from '../../../../../tools/entries-below.ts';
import { referee } from '../../../../../tools/referee.ts';
import type { Referee } from '../../../../../tools/referee.ts';

/** What to put into an image, by path: content, the target of a link, or an empty folder. */
export type TreeOfFiles = Readonly<Record<string, string | Uint8Array | { readonly link: string } | 'folder'>>;

/** 2024-01-01: in the images, so that they do not depend on the day. */
export const time = 1_704_067_200;

/** A folder for one test file; `remove` it after. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'ingot-iso-')));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export function writeTree(folder: string, tree: TreeOfFiles): void {
  mkdirSync(folder, { recursive: true });
  for (const [path, what] of Object.entries(tree)) {
    const place = join(folder, path);
    mkdirSync(what === 'folder' ? place : dirname(place), { recursive: true });
    if (typeof what === 'object' && 'link' in what) symlinkSync(what.link, place);
    else if (what !== 'folder') writeFileSync(place, what);
  }
  for (const path of entriesBelow(folder)) lutimesSync(join(folder, path), time, time);
}

/** Makes an image of `folder` with a foreign tool. */
export function makeIso(
  tool: 'xorriso' | 'genisoimage',
  folder: string,
  iso: string,
  options: readonly string[],
): void {
  const mkisofs = tool === 'xorriso' ? ['-as', 'mkisofs', '-no-pad'] : ['-no-pad', '-input-charset', 'utf-8'];
  run(tool, [...mkisofs, '-quiet', ...options, '-o', iso, folder]);
}

/** Output of a referee, in the C.UTF-8 locale. Throws an Error with its messages. */
export function run(tool: Referee, args: readonly string[], cwd?: string): string {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', SOURCE_DATE_EPOCH: String(time) };
  const options = {
    env,
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 1024 ** 3,
    ...(cwd !== undefined && { cwd }),
  } as const;
  return execFileSync(referee(tool), args, options);
}
