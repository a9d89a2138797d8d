import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openToolbox, type RunOptions } from './toolbox.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-toolbox-'));
  mkdirSync(join(folder, 'bin'));
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env['PATH']}`);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Runs an mke2fs that is this script of a shell. */
async function runs(script: string, options: RunOptions = {}, signal = new AbortController().signal): Promise<void> {
  writeFileSync(join(folder, 'bin', 'mke2fs'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'bin', 'mke2fs'), 0o755);
  const run = await openToolbox(['mke2fs'], { folder, time: 1_700_000_000, signal });
  await run('mke2fs', ['one', 'two words'], options);
}

describe('a toolbox', () => {
  it('runs programs with nothing of the host in their environment', async () => {
    const host = { TZ: 'Asia/Tokyo', LC_ALL: 'de_DE.UTF-8', MTOOLS_LOWER_CASE: '1', HOME: '/root' };
    for (const [name, value] of Object.entries(host)) vi.stubEnv(name, value);
    await runs('env > told; pwd >> told; echo "$2" >> told', { env: { MKE2FS_CONFIG: 'own' } });
    const told = readFileSync(join(folder, 'told'), 'utf8').split('\n');
    expect(told.filter((line) => !/^(PATH|PWD|_|OLDPWD|SHLVL)=/.test(line)).sort()).toEqual(
      [
        '',
        'E2FSPROGS_FAKE_TIME=1700000000',
        `HOME=${folder}`,
        'LC_ALL=C',
        'MKE2FS_CONFIG=own',
        'MTOOLSRC=/dev/null',
        'SOURCE_DATE_EPOCH=1700000000',
        'TZ=UTC',
        folder,
        'two words',
      ].sort(),
    );
  });

  it('says how a program failed, and what it said last', async () => {
    await expect(runs('for i in 1 2 3; do echo "line $i" >&2; done; exit 3')).rejects.toMatchObject({
      code: 'INGOT_TOOL_FAILED',
      message: 'mke2fs ended with 3: line 1\nline 2\nline 3',
      help: 'the command was: mke2fs one two words',
    });
    await expect(runs('kill -9 $$')).rejects.toMatchObject({ message: 'mke2fs was killed' });
    const full = 'echo "mke2fs: No space left on device while writing" >&2; exit 1';
    await expect(runs(full)).rejects.toMatchObject({ code: 'INGOT_DISK_FULL' });
  });

  it('takes complaints for a failure where a program ends with 0 all the same', async () => {
    const isComplaint = (line: string) => line.startsWith('sif:');
    await runs('echo fine', { isComplaint });
    await expect(runs('echo fine; echo "sif: no"', { isComplaint })).rejects.toMatchObject({
      message: 'mke2fs ended with 0: sif: no',
    });
  });

  it('stops a program when it is told to', async () => {
    const controller = new AbortController();
    const running = runs('sleep 100', {}, controller.signal);
    setTimeout(() => controller.abort(new Error('enough')), 100);
    await expect(running).rejects.toThrow('enough');
  });
});
