import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { InstalledWorkspace } from '../../../tools/bench/installed-workspace.ts';
import type { Row } from '../../../tools/bench/row.ts';
import { packWithPeers, type PeerTimes } from './pack/peers.ts';
import { runOurs, writeSolution, type OurTimes } from './pack/run-ours.ts';
import { writeLayouts } from './pack/workload.ts';

export const name = 'packing five images of 220 MiB that share 200 MiB';

const rounds = 7;
const execute = promisify(execFile);

/** Whole processes, in turn, medians: so that what else the machine does meets both. */
export async function run(): Promise<Row[]> {
  const workspace = await mkdtemp(join(tmpdir(), 'ingot-bench-pack-'));
  try {
    await InstalledWorkspace.create(workspace);
    const layouts = await writeLayouts(join(workspace, 'solution/images'));
    const sources = layouts.map((layout) => [basename(layout), `oci:images/${basename(layout)}`]);
    await writeSolution(workspace, Object.fromEntries(sources) as Record<string, string>);
    const ours: OurTimes[] = [];
    const peers: PeerTimes[] = [];
    for (let round = 0; round < rounds; round++) {
      // Nobody pays for what the other has left to be written to the disk.
      await execute('sync');
      ours.push(await runOurs(workspace, ['plan', 'pack']));
      await execute('sync');
      peers.push(await packWithPeers(layouts, join(workspace, 'peers')));
    }
    return rows(ours, peers);
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

function rows(ours: readonly OurTimes[], peers: readonly PeerTimes[]): Row[] {
  const all = median(ours.map((times) => times.all));
  const theirs = median(peers.map((times) => times.all));
  const one = (peer: keyof PeerTimes) => ({
    what: `… of that, ${peer}`,
    seconds: median(peers.map((times) => times[peer])),
  });
  return [
    {
      what: 'plan and pack, with SHA-256',
      seconds: all,
      ratio: theirs / all,
      against: 'times faster than skopeo, hardlink, xorriso and sha256sum',
      bound: '≥ 8',
      rssMiB: Math.max(...ours.map((times) => times.rssMiB)),
    },
    {
      what: '… bound of its memory',
      seconds: all,
      bound: '< 200 MiB',
      rssMiB: Math.max(...ours.map((times) => times.rssMiB)),
    },
    { what: 'skopeo, hardlink, xorriso, sha256sum', seconds: theirs },
    one('skopeo'),
    one('hardlink'),
    one('xorriso'),
    one('sha256sum'),
  ];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
