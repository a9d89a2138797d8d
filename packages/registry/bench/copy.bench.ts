import { execFile } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { assembleImage, createLayer, LayoutStore, refName } from '@ingot/content';
import { build } from 'esbuild';
import { referee } from '../../../tools/referee.ts';
import { DockerRegistry } from '../../../tools/registry/docker-registry.ts';
import type { Row } from '../../../tools/bench/row.ts';

export const name = 'registry: 1 GB in 8 layers, docker-registry 2.8 on loopback, in memory';

const rounds = 5;
const layers = 8;
const layerSize = 125_000_000;
const execute = promisify(execFile);

/**
 * Whole processes, in turn and in changing order; medians. Each push goes to a registry of its own, since skopeo keeps a
 * record of what it has sent where, and would mount instead of sending.
 */
export async function run(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-bench-registry-'));
  try {
    await using kept = await DockerRegistry.start({ inMemory: true });
    const layout = join(folder, 'layout');
    await writeImage(layout);
    const program = await bundled(folder);
    await execute(process.execPath, [program, 'push', layout, `${kept.host}/kept:1`], { env: environment(folder) });
    const times = new Map<string, number[]>();
    let rssMiB = 0;
    for (let round = 0; round < rounds; round++) {
      const turns = turnsOf(kept.host, layout, folder, program);
      for (const { key, command, isSynced } of round % 2 === 0 ? turns : turns.reverse()) {
        await using empty = await DockerRegistry.start({ inMemory: true });
        const argv = command(empty.host);
        await rm(join(folder, 'pulled'), { recursive: true, force: true });
        await execute('sync');
        const start = performance.now();
        const { stdout } = await execute(argv[0]!, argv.slice(1), { env: environment(folder) });
        if (isSynced === true) await execute('sync', ['-f', folder]);
        times.set(key, [...(times.get(key) ?? []), (performance.now() - start) / 1000]);
        if (key.startsWith('ours')) rssMiB = Math.max(rssMiB, Number(stdout));
      }
    }
    return rows(new Map([...times].map(([key, all]) => [key, median(all)])), rssMiB);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Nothing of an earlier run helps: no record of what is in the registry. */
function environment(folder: string): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], HOME: folder, INGOT_STORE: join(folder, `store-${Math.random()}`) };
}

interface Turn {
  readonly key: string;
  /** The program and its arguments; `host` is an empty registry. */
  readonly command: (host: string) => readonly string[];
  /** Wait until it is on the disk, as ours does by itself. */
  readonly isSynced?: boolean;
}

function turnsOf(kept: string, layout: string, folder: string, program: string): Turn[] {
  const skopeo = [referee('skopeo'), '--insecure-policy', 'copy', '-q'];
  const pulled = join(folder, 'pulled');
  const ours = [process.execPath, program];
  const [to, from] = ['--dest-tls-verify=false', '--src-tls-verify=false'];
  return [
    { key: 'ours push', command: (host) => [...ours, 'push', layout, `${host}/image:1`] },
    { key: 'skopeo push', command: (host) => [...skopeo, to, `oci:${layout}`, `docker://${host}/image:1`] },
    {
      key: 'skopeo pull synced',
      command: () => [...skopeo, from, `docker://${kept}/kept:1`, `oci:${pulled}`],
      isSynced: true,
    },
    { key: 'ours pull', command: () => [...ours, 'pull', pulled, `${kept}/kept:1`] },
    { key: 'skopeo pull', command: () => [...skopeo, from, `docker://${kept}/kept:1`, `oci:${pulled}`] },
  ];
}

/** Random bytes: nobody wins by compressing, and skopeo copies layers that are compressed already as they are. */
async function writeImage(folder: string): Promise<void> {
  const layout = new LayoutStore(folder);
  const made = [];
  for (let i = 0; i < layers; i++) {
    const content = randomFillSync(Buffer.alloc(layerSize));
    const file = { path: `${i}.bin`, type: 'file', mode: 0o644, uid: 0, gid: 0, size: layerSize, content } as const;
    made.push(await createLayer([file], { mtime: 0, level: 1 }, layout));
  }
  const platform = { os: 'linux', architecture: 'amd64' };
  const { descriptor } = await assembleImage({ layers: made, platform, created: 0 }, layout);
  await layout.setRoots([{ ...descriptor, annotations: { [refName]: '1' } }]);
}

async function bundled(folder: string): Promise<string> {
  const outfile = join(folder, 'program.mjs');
  const entry = fileURLToPath(new URL('copy/program.ts', import.meta.url));
  const banner = { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" };
  const conditions = ['ingot-source'];
  await build({ entryPoints: [entry], outfile, bundle: true, platform: 'node', format: 'esm', conditions, banner });
  return outfile;
}

function rows(seconds: ReadonlyMap<string, number>, rssMiB: number): Row[] {
  const row = (verb: string): Row[] => {
    const [ours, theirs] = [seconds.get(`ours ${verb}`)!, seconds.get(`skopeo ${verb}`)!];
    return [
      { what: verb, seconds: ours, ratio: ours / theirs, against: 'skopeo', bound: '≤ 1.0' },
      { what: `… by skopeo`, seconds: theirs },
    ];
  };
  return [
    ...row('push'),
    ...row('pull'),
    {
      what: '… until it is on the disk',
      seconds: seconds.get('ours pull')!,
      ratio: seconds.get('ours pull')! / seconds.get('skopeo pull synced')!,
      against: 'skopeo and sync',
    },
    { what: 'memory of both', seconds: seconds.get('ours push')!, bound: '< 200 MiB', rssMiB },
  ];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
