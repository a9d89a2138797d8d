import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Seconds of the whole process, and of `plan` in it. */
export type OurTimes = { all: number; rssMiB: number; plan: number };

/** Writes a project `solution` whose images are these sources (paths relative to its folder). */
export async function writeSolution(workspace: string, sources: Readonly<Record<string, string>>): Promise<void> {
  const images = Object.entries(sources).map(([name, from]) => `  - { from: '${from}', name: ${name}, tag: 1.0.0 }`);
  const lines = ['ingot: solution/v1', 'name: hello', 'version: 1.0.0', 'images:', ...images, ''];
  await mkdir(join(workspace, 'solution'), { recursive: true });
  await writeFile(join(workspace, 'solution/solution.yaml'), lines.join('\n'));
}

/** Plans, and packs, in a whole process of its own, with nothing kept from before. Times in seconds. */
export async function runOurs(workspace: string, verbs: readonly ('plan' | 'pack')[]): Promise<OurTimes> {
  const store = join(workspace, 'store');
  const fresh = () =>
    Promise.all([join(workspace, 'solution/dist'), store].map((path) => rm(path, { recursive: true, force: true })));
  await fresh();
  const program = join(import.meta.dirname, 'ours.ts');
  const start = performance.now();
  const { stdout } = await execute(process.execPath, [program, workspace, ...verbs], {
    env: { ...process.env, NODE_OPTIONS: '', INGOT_STORE: store },
  });
  const all = (performance.now() - start) / 1000;
  await fresh();
  const { rssMiB, seconds } = JSON.parse(stdout.split('\n').at(-2) ?? '') as {
    rssMiB: number;
    seconds: { plan: number };
  };
  return { all, rssMiB, plan: seconds.plan };
}
