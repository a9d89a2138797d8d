import { execa } from 'execa';

/** What a step found. `passed` and `failed` are counts; `report` is what a person needs to read where it failed. */
export type Outcome = { passed: number; failed: number; report: string };

export type Step = { name: string; run(environment: NodeJS.ProcessEnv): Promise<Outcome> };

const minutes = 60_000;

/** A step that is one program: it passes where the program exits with 0 within the time (in minutes). */
export function programStep(name: string, program: string, args: string[], limit = 10): Step {
  return {
    name,
    async run(env) {
      const result = await execa(program, args, {
        env,
        extendEnv: false,
        all: true,
        reject: false,
        stdin: 'ignore',
        timeout: limit * minutes,
      });
      if (!result.failed) return { passed: 1, failed: 0, report: '' };
      const cause = result.timedOut ? `stopped after ${limit} minutes` : (result.originalMessage ?? '');
      return { passed: 0, failed: 1, report: [result.all, cause].filter(Boolean).join('\n') };
    },
  };
}

/** Runs a step, and turns whatever it throws into a failure: one broken step never hides the next. */
export async function runStep(
  step: Step,
  environment: NodeJS.ProcessEnv,
  print: (text: string) => void,
): Promise<Outcome> {
  const start = performance.now();
  const outcome = await step.run(environment).catch((error: unknown) => ({
    passed: 0,
    failed: 1,
    report: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const details = outcome.report === '' ? '' : `${outcome.report.replace(/^/gm, '    ')}\n`;
  const counts = outcome.passed + outcome.failed > 1 ? `: ${outcome.passed} passed, ${outcome.failed} failed` : '';
  print(`${details}${outcome.failed === 0 ? 'ok    ' : 'FAILED'} ${step.name}${counts} (${seconds} s)\n`);
  return outcome;
}
