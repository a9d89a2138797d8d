import type { Outcome } from './step.ts';

/** What this project reads of vitest's JSON report (the format is Jest's). */
type Report = {
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string }[];
  }[];
};

/**
 * Counts a vitest run. Each test counts as itself; the run counts as one more, which passes where it is sound: it ran
 * tests at all, none was skipped, every file could be loaded, and nothing failed outside of a test.
 */
export function countVitest(json: string | undefined, exitCode: number | undefined): Outcome {
  if (json === undefined) return { passed: 0, failed: 1, report: 'vitest wrote no report' };
  const files = (JSON.parse(json) as Report).testResults;
  const tests = files.flatMap((file) => file.assertionResults);
  const passed = tests.filter((test) => test.status === 'passed').length;
  const failed = tests.filter((test) => test.status === 'failed').length;
  const idle = tests.filter((test) => test.status !== 'passed' && test.status !== 'failed');
  const broken = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );

  const unsound = [
    ...(tests.length === 0 ? ['no test ran'] : []),
    ...idle.map((test) => `did not run (${test.status}): ${test.fullName}`),
    ...broken.map((file) => `not loaded: ${file.name}`),
  ];
  if (unsound.length === 0 && failed === 0 && exitCode !== 0) unsound.push('vitest failed outside of a test');
  return {
    passed: passed + (unsound.length === 0 ? 1 : 0),
    failed: failed + (unsound.length === 0 ? 0 : 1),
    report: unsound.join('\n'),
  };
}
