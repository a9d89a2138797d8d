import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { InstalledWorkspace } from '../../../tools/bench/installed-workspace.ts';
import type { Row } from '../../../tools/bench/row.ts';
import { root } from '../../../tools/repository.ts';
import { runOurs, writeSolution } from './pack/run-ours.ts';
import { writeSmallLayout } from './pack/workload.ts';

export const name = 'planning a Solution of 100 images';

const images = 100;
const rounds = 7;
const execute = promisify(execFile);

/** Against the least that starts Nx whole: `nx show projects` in a workspace with nothing in it and no plugin. */
export async function run(): Promise<Row[]> {
  const workspace = await mkdtemp(join(tmpdir(), 'ingot-bench-plan-'));
  try {
    await InstalledWorkspace.create(workspace);
    const sources: Record<string, string> = {};
    for (let index = 0; index < images; index++) {
      await writeSmallLayout(join(workspace, `solution/images/image-${index}`), index);
      sources[`image-${index}`] = `oci:images/image-${index}`;
    }
    await writeSolution(workspace, sources);
    const empty = await emptyWorkspace(join(workspace, 'empty'));
    const plan: number[] = [];
    const nx: number[] = [];
    for (let round = 0; round < rounds; round++) {
      plan.push((await runOurs(workspace, ['plan'])).plan);
      nx.push(await startNx(empty));
    }
    const [ours, theirs] = [median(plan), median(nx)];
    return [
      {
        what: `plan ${images} images`,
        seconds: ours,
        ratio: ours / theirs,
        against: 'starting Nx for nothing',
        bound: '< 1',
      },
      { what: 'nx show projects, of an empty workspace', seconds: theirs },
    ];
  } finally {
    await rm(workspace, { recursive: true, force: true });
  }
}

async function emptyWorkspace(folder: string): Promise<string> {
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), '{"name": "empty", "private": true}');
  await writeFile(join(folder, 'nx.json'), '{"analytics": false}');
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function startNx(cwd: string): Promise<number> {
  const start = performance.now();
  await execute(process.execPath, [join(root, 'node_modules/.bin/nx'), 'show', 'projects'], { cwd });
  return (performance.now() - start) / 1000;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;
}
