import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InstalledWorkspace, type NxRun } from './installed-workspace.ts';
import type { Row } from './row.ts';

export const name = 'Nx: 100 images and 20 Solutions';

const images = 100;
const solutions = 20;
const rounds = 7;

export async function run(): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-bench-nx-'));
  try {
    const workspace = await InstalledWorkspace.create(folder);
    await writeProjects(workspace);
    const first = await workspace.nx('run-many', '-t', 'pack', '--parallel=2');
    const again = await workspace.nx('run-many', '-t', 'pack', '--parallel=2');
    return [...processRows(first, again), ...(await unchangedRows(workspace))];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function writeProjects(workspace: InstalledWorkspace): Promise<void> {
  for (let index = 0; index < images; index++) {
    const image = [
      'ingot: image/v1',
      `name: image-${index}`,
      'version: 1.0.0',
      'from: scratch',
      'layers:',
      '  - files: [{ from: www, to: /www }]',
    ];
    await workspace.write(`images/image-${index}/image.yaml`, `${image.join('\n')}\nentrypoint: [/server]\n`);
    await workspace.write(`images/image-${index}/www/index.html`, `page ${index} `.repeat(1000));
  }
  const each = images / solutions;
  for (let index = 0; index < solutions; index++) {
    const from = Array.from({ length: each }, (_, offset) => `  - from: project:image-${index * each + offset}`);
    const lines = ['ingot: solution/v1', `name: solution-${index}`, 'version: 1.0.0', 'images:', ...from, ''];
    await workspace.write(`solutions/solution-${index}/solution.yaml`, lines.join('\n'));
  }
  const nothing = { cache: true, executor: 'nx:run-commands', options: { command: 'true' } };
  await workspace.write('nothing/project.json', JSON.stringify({ name: 'nothing', targets: { nothing } }));
}

/** The programs that Nx starts for executors: one for a batch, or one for each task. */
const executors = ({ programs }: NxRun) =>
  programs.filter((program) => /run-(batch|executor)\.js$/.test(program)).length;

function processRows(first: NxRun, again: NxRun): Row[] {
  const tasks = images + 2 * solutions;
  return [
    {
      what: `image, plan and pack of all (${tasks} tasks)`,
      seconds: first.seconds,
      ratio: executors(first),
      against: 'processes of executors, one for each of the three',
      bound: '≤ 3',
    },
    {
      what: 'the same, unchanged',
      seconds: again.seconds,
      ratio: executors(again),
      against: 'processes of executors',
      bound: '≤ 0',
    },
  ];
}

/** Medians of commands in turn. */
async function unchangedRows(workspace: InstalledWorkspace): Promise<Row[]> {
  const [pack, nothing]: [number[], number[]] = [[], []];
  await workspace.nx('run', 'nothing:nothing');
  for (let round = 0; round < rounds; round++) {
    pack.push((await workspace.nx('run', 'solution-0:pack')).seconds);
    nothing.push((await workspace.nx('run', 'nothing:nothing')).seconds);
  }
  const [ours, theirs] = [median(pack), median(nothing)];
  // Both are Nx starting; what is left to tell them apart is less than what two runs of either differ by.
  return [
    {
      what: 'one unchanged pack, its plan and five images',
      seconds: ours,
      ratio: ours / theirs,
      against: 'a cached target that does nothing',
      bound: '≤ 1.1',
    },
    { what: 'a cached target that does nothing', seconds: theirs },
  ];
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
