import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { referee } from '../../../tools/referee.ts';
import { writeSample } from './assemble/sample.ts';
import type { Row } from '../../../tools/bench/row.ts';

export const name = 'assembling an image of 2,000 files, 200 MB';

const sample = { files: 2000, bytes: 200e6 };
const rounds = 5;
const execute = promisify(execFile);
const ours = fileURLToPath(new URL('./assemble/ours.ts', import.meta.url));

/** Whole processes, in turn, medians: so that what else the machine does meets both. */
export async function run(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-bench-assemble-'));
  try {
    const tree = join(folder, 'tree');
    await writeSample(tree, sample);
    const times = { gzip: [] as number[], zstd: [] as number[], buildah: [] as number[] };
    const memory = { gzip: 0, zstd: 0 };
    for (let round = 0; round < rounds; round++) {
      for (const algorithm of ['gzip', 'zstd'] as const) {
        const { seconds, rssMiB } = await timedOurs(tree, join(folder, 'out'), algorithm);
        times[algorithm].push(seconds);
        memory[algorithm] = Math.max(memory[algorithm], rssMiB);
      }
      times.buildah.push(await timedBuildah(tree, join(folder, 'out')));
    }
    return rows(times, memory);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface Measured<T> {
  readonly gzip: T;
  readonly zstd: T;
}

function rows(times: Measured<number[]> & { buildah: number[] }, memory: Measured<number>): Row[] {
  const buildah = median(times.buildah);
  const [gzip, zstd] = [median(times.gzip), median(times.zstd)];
  const against = 'buildah copy and commit, gzip';
  return [
    {
      what: 'layer (gzip) and image',
      seconds: gzip,
      ratio: gzip / buildah,
      against,
      bound: '≤ 1',
      rssMiB: memory.gzip,
    },
    { what: 'layer (zstd) and image', seconds: zstd, ratio: zstd / buildah, against, rssMiB: memory.zstd },
    { what: against, seconds: buildah },
  ];
}

async function timedOurs(tree: string, out: string, algorithm: string): Promise<{ seconds: number; rssMiB: number }> {
  const begun = performance.now();
  const { stdout } = await execute(process.execPath, [ours, tree, out, algorithm]);
  const seconds = (performance.now() - begun) / 1000;
  await rm(out, { recursive: true });
  return { seconds, rssMiB: (JSON.parse(stdout) as { rssMiB: number }).rssMiB };
}

/** The steps of a Containerfile with one COPY; the storage is fresh each time, and cleared outside the clock. */
async function timedBuildah(tree: string, out: string): Promise<number> {
  const program = referee('buildah');
  const storage = `${out}-storage`;
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot' };
  const global = ['--storage-driver', 'vfs', '--root', join(storage, 'root'), '--runroot', join(storage, 'run')];
  const buildah = async (...args: string[]): Promise<string> =>
    (await execute(program, [...global, ...args], { env })).stdout.trim();
  const begun = performance.now();
  const container = await buildah('from', 'scratch');
  await buildah('copy', '--quiet', container, tree, '/app');
  await buildah('commit', '--quiet', '--disable-compression=false', container, `oci:${out}:bench`);
  const seconds = (performance.now() - begun) / 1000;
  await buildah('rm', container);
  await rm(storage, { recursive: true, force: true });
  await rm(out, { recursive: true });
  return seconds;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
