import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Step } from './step.ts';
import { countVitest } from './vitest-report.ts';

/** Unit and end-to-end tests (or only the slow ones, by the environment's INGOT_TESTS). `limit` is in minutes. */
export function vitestStep(name: string, scratch: string, limit: number): Step {
  return {
    name,
    async run(env) {
      const report = join(scratch, 'vitest.json');
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      const result = await execa('vitest', ['run', ...reporters], {
        env,
        extendEnv: false,
        stdio: ['ignore', 'inherit', 'inherit'],
        reject: false,
        timeout: limit * 60_000,
      });
      const outcome = countVitest(await readFile(report, 'utf8').catch(() => undefined), result.exitCode);
      if (result.timedOut) outcome.report = `stopped after ${limit} minutes\n${outcome.report}`;
      return outcome;
    },
  };
}
