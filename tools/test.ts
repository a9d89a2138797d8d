/**
 * `npm test`: every check of the repository, each reported in a line of its own, and at the end how many passed and
 * failed. A step that fails does not stop the others. `--full` runs the slow tests instead, and nothing else.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testEnvironment } from './test/environment.ts';
import { refereeTools } from './test/referee-tools.ts';
import { programStep, runStep, type Outcome, type Step } from './test/step.ts';
import { vitestStep } from './test/vitest.ts';

const full = process.argv.includes('--full');
const scratch = await mkdtemp(join(tmpdir(), 'ingot-'));
// Programs that drop their privileges, as nginx does, must be able to reach what tests leave there.
await chmod(scratch, 0o755);
const environment = testEnvironment(process.env, scratch, full);

const checks: Step[] = [
  programStep('format', 'prettier', ['--check', '--log-level=warn', '.']),
  programStep('lint', 'eslint', ['.']),
  programStep('types', 'tsc', ['--noEmit', '-p', 'tsconfig.json']),
];
/** The steps of one row run at the same time. */
const steps: Step[][] = full
  ? [[refereeTools], [vitestStep('slow tests', scratch, 45)]]
  : [[refereeTools], checks, [vitestStep('tests', scratch, 20)]];

const outcomes: Outcome[] = [];
try {
  for (const row of steps) {
    const run = (step: Step) => runStep(step, environment, (text) => process.stdout.write(text));
    outcomes.push(...(await Promise.all(row.map(run))));
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}

const sum = (count: 'passed' | 'failed') => outcomes.reduce((total, outcome) => total + outcome[count], 0);
process.exitCode = sum('failed') === 0 ? 0 : 1;
console.log(`${sum('passed')} passed, ${sum('failed')} failed`);
