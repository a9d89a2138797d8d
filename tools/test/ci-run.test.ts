import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';

const scratch = await mkdtemp(join(tmpdir(), 'ci-'));
afterAll(() => rm(scratch, { recursive: true }));

/** Runs `.ci/run` with an npm that says what `answers` has for `ci`, `test` and `test:full`, and ends with that status. */
async function ciRun(answers: Record<string, [text: string, status: number]>) {
  const bin = await mkdtemp(join(scratch, 'bin-'));
  await mkdir(bin, { recursive: true });
  const cases = Object.entries(answers).map(
    ([script, [text, status]]) => `'${script}') printf '%s\\n' '${text}'; exit ${status};;`,
  );
  await writeFile(join(bin, 'npm'), `#!/bin/sh\ncase "\${2:-$1}" in\n${cases.join('\n')}\nesac\nexit 99\n`);
  await chmod(join(bin, 'npm'), 0o755);
  const file = join(import.meta.dirname, '../../.ci/run');
  const result = await execa(file, [], { env: { PATH: `${bin}:${process.env['PATH']}` }, reject: false });
  return { status: result.exitCode, last: result.stdout.split('\n').at(-1) };
}

describe('.ci/run', () => {
  it('sums up both runs', async () => {
    const run = await ciRun({
      ci: ['', 0],
      test: ['x\n10 passed, 0 failed', 0],
      'test:full': ['5 passed, 0 failed', 0],
    });
    expect(run).toEqual({ status: 0, last: '15 passed, 0 failed' });
  });

  it('runs the slow tests even after a failure, and fails', async () => {
    const run = await ciRun({ ci: ['', 0], test: ['10 passed, 2 failed', 1], 'test:full': ['5 passed, 0 failed', 0] });
    expect(run).toEqual({ status: 1, last: '15 passed, 2 failed' });
  });

  it('counts a run that breaks off as a failure', async () => {
    const run = await ciRun({ ci: ['', 0], test: ['Killed', 137], 'test:full': ['5 passed, 0 failed', 0] });
    expect(run).toEqual({ status: 1, last: '5 passed, 1 failed' });
  });

  it('counts a bad exit status as a failure, whatever the closing line says', async () => {
    const run = await ciRun({ ci: ['', 0], test: ['4 passed, 0 failed', 1], 'test:full': ['5 passed, 0 failed', 0] });
    expect(run).toEqual({ status: 1, last: '9 passed, 1 failed' });
  });

  it('fails where the dependencies do not install', async () => {
    expect(await ciRun({ ci: ['no network', 1] })).toEqual({ status: 1, last: '0 passed, 1 failed' });
  });
});
