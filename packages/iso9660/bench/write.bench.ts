import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { referee } from '../../../tools/referee.ts';
import type { Row } from '../../../tools/bench/row.ts';
import { writeTree } from './write/tree.ts';

export const name = 'iso9660: write a tree of 1 GB (2,448 files) as ISO';

const rounds = 7;

/**
 * Whole processes, one after the other in turns, the best of several in changing order; the tree is in the page cache. `cat` gets a list of the files
 * and only copies; the others also walk the tree. Synced means: until the bytes are on the disk.
 */
export async function run(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'ingot-bench-'));
  try {
    const runs = await prepare(folder);
    const seconds = await takeTurns(runs, join(folder, 'out'));
    return rows(seconds);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Run {
  readonly program: string;
  readonly args: readonly string[];
  /** Set where the program writes to its standard output. */
  readonly toStdout?: boolean;
  /** Run afterwards, within the measured time. */
  readonly then?: readonly [string, ...string[]];
}

async function prepare(folder: string): Promise<Record<string, Run>> {
  const tree = join(folder, 'tree');
  const out = join(folder, 'out');
  const list = join(folder, 'list');
  writeFileSync(list, writeTree(tree).join('\0'));
  const program = join(folder, 'program.mjs');
  const entry = fileURLToPath(new URL('write/program.ts', import.meta.url));
  await build({ entryPoints: [entry], outfile: program, bundle: true, platform: 'node', format: 'esm' });
  const ours = (...words: string[]): Run => ({ program: process.execPath, args: [program, tree, out, ...words] });
  const cat = { program: 'xargs', args: ['-0', '-a', list, 'cat'], toStdout: true };
  const mkisofs = ['-quiet', '-R', '-J', '-joliet-long', '-iso-level', '3', '-V', 'BENCH', '-o', out, tree];
  return {
    cat,
    ours: ours(),
    xorriso: { program: referee('xorriso'), args: ['-stdio_sync', 'off', '-as', 'mkisofs', ...mkisofs] },
    genisoimage: { program: referee('genisoimage'), args: mkisofs },
    checked: ours('hash', 'digest'),
    catSynced: { ...cat, then: ['sync', out] },
    oursSynced: ours('sync'),
    checkedSynced: ours('hash', 'digest', 'sync'),
  };
}

type Measured = Record<string, { seconds: number; rssMiB: number }>;

async function takeTurns(runs: Record<string, Run>, out: string): Promise<Measured> {
  const all = new Map<string, { seconds: number[]; rssMiB: number }>();
  for (let round = 0; round <= rounds; round++) {
    for (const [key, each] of inTurn(Object.entries(runs), round)) {
      rmSync(out, { force: true });
      // Nobody pays for what the one before has left to be written to the disk.
      await finished('sync', [], undefined);
      const { seconds, rssMiB } = await measure(each, out);
      if (round === 0) continue; // warms the page cache
      const so = all.get(key) ?? { seconds: [], rssMiB: 0 };
      all.set(key, { seconds: [...so.seconds, seconds], rssMiB: Math.max(so.rssMiB, rssMiB) });
    }
  }
  return Object.fromEntries(
    [...all].map(([key, { seconds, rssMiB }]) => [key, { seconds: Math.min(...seconds), rssMiB }]),
  );
}

/**
 * Another order in each round: a run is slower or faster by what its predecessor left of the page cache, which must not
 * meet the same one each time.
 */
function inTurn<T>(all: readonly T[], round: number): T[] {
  const turned = [...all.slice(round % all.length), ...all.slice(0, round % all.length)];
  return round % 2 === 0 ? turned : turned.reverse();
}

async function measure(run: Run, out: string): Promise<{ seconds: number; rssMiB: number }> {
  const start = performance.now();
  const printed = await finished(run.program, run.args, run.toStdout ? out : undefined);
  if (run.then !== undefined) await finished(run.then[0], run.then.slice(1), undefined);
  return { seconds: (performance.now() - start) / 1000, rssMiB: Number(printed) || 0 };
}

function finished(program: string, args: readonly string[], output: string | undefined): Promise<string> {
  const file = output === undefined ? undefined : openSync(output, 'w');
  const env = { PATH: process.env['PATH'] };
  const child = spawn(program, args, { env, stdio: ['ignore', file ?? 'pipe', 'pipe'] });
  if (file !== undefined) closeSync(file);
  let printed = '';
  let complaint = '';
  child.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(printed) : reject(new Error(`${program}: ${complaint}`))));
  });
}

function rows(measured: Measured): Row[] {
  const seconds = (key: string): number => measured[key]?.seconds ?? Number.NaN;
  const rssMiB = (key: string): number => measured[key]?.rssMiB ?? Number.NaN;
  const against = (what: string, key: string, other: string, label: string, bound?: string): Row => ({
    what,
    seconds: seconds(key),
    ratio: seconds(key) / seconds(other),
    against: `${label}, ${seconds(other).toFixed(2)} s`,
    rssMiB: rssMiB(key),
    ...(bound === undefined ? {} : { bound }),
  });
  const checked = 'with a digest for each file and the SHA-256 of the image';
  return [
    against('write', 'ours', 'cat', 'cat into one file', '≤ 1.2'),
    against('write', 'ours', 'xorriso', 'xorriso', '< 1'),
    against('write', 'ours', 'genisoimage', 'genisoimage', '< 1'),
    against('write, synced', 'oursSynced', 'catSynced', 'cat and sync'),
    against(`write ${checked}`, 'checked', 'cat', 'cat into one file'),
    against(`write ${checked}, synced`, 'checkedSynced', 'catSynced', 'cat and sync'),
    against(`write ${checked}: memory`, 'checked', 'cat', 'cat into one file', '< 200 MiB'),
  ];
}
