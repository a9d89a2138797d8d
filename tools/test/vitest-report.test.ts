import { describe, expect, it } from 'vitest';
import { countVitest } from './vitest-report.ts';

const file = (status: string, ...tests: string[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map((test, index) => ({ status: test, fullName: `test ${index}` })),
});
const report = (...files: unknown[]) => JSON.stringify({ testResults: files });

describe('counting a vitest run', () => {
  it('counts each test, and the run as one more', () => {
    expect(countVitest(report(file('passed', 'passed', 'passed')), 0)).toEqual({ passed: 3, failed: 0, report: '' });
    expect(countVitest(report(file('failed', 'passed', 'failed')), 1)).toMatchObject({ passed: 2, failed: 1 });
  });

  it.each([
    ['no report', undefined, 0],
    ['no test at all', report(), 0],
    ['a skipped test', report(file('passed', 'passed', 'skipped')), 0],
    ['a test left for later', report(file('passed', 'passed', 'todo')), 0],
    ['a file that could not be loaded', report(file('passed', 'passed'), file('failed')), 1],
    ['an error outside of every test', report(file('passed', 'passed')), 1],
  ])('fails for %s', (_, json, exitCode) => {
    const outcome = countVitest(json, exitCode);
    expect(outcome.failed).toBe(1);
    expect(outcome.report).not.toBe('');
  });
});
