/** `ours.ts <workspace> <verb…>`: runs the executors `plan` and `pack` of the project `solution`, as a task of Nx does. */
import type { ExecutorContext } from '@nx/devkit';
import { peakMiB } from '../../../../tools/bench/peak-memory.ts';
import { runPack } from '../../src/executors/pack/run.ts';
import { runPlan } from '../../src/executors/plan/run.ts';

const [root = '.', ...verbs] = process.argv.slice(2);
const projects = { solution: { root: 'solution', targets: {} } };
const context = {
  root,
  cwd: root,
  isVerbose: false,
  projectName: 'solution',
  projectsConfigurations: { version: 2, projects },
  projectGraph: { nodes: {}, dependencies: {} },
  nxJsonConfiguration: {},
} satisfies ExecutorContext;

const seconds: Record<string, number> = {};
for (const verb of verbs) {
  const start = performance.now();
  const { success, terminalOutput } = await (verb === 'plan' ? runPlan({}, context) : runPack({}, context));
  seconds[verb] = (performance.now() - start) / 1000;
  if (!success) throw new Error(terminalOutput);
}
console.log(JSON.stringify({ rssMiB: peakMiB(), seconds }));
