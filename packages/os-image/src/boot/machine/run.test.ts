import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeQemu, runs } from '../test/fake-qemu.ts';
import type { Machine } from './machine.ts';
import { runMachine, type RunOptions } from './run.ts';

let folder: string;
let report: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-run-'));
  report = join(folder, 'report');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function machine(): Machine {
  const start = { kind: 'kernel', kernel: '/k', commandLine: '' } as const;
  const drives = [{ file: report, format: 'raw' } as const];
  return { architecture: 'amd64', accelerator: 'tcg', memory: 128, cpus: 1, start, drives };
}

async function run(script: string, more: Partial<RunOptions> = {}) {
  await writeFile(report, '');
  await truncate(report, 1024 * 1024);
  const qemu = await fakeQemu(folder, script);
  const lines: string[] = [];
  const ran = await runMachine(machine(), {
    ...{ qemu, report, timeLimit: 60, grace: 60, onLine: (line) => void lines.push(line) },
    signal: new AbortController().signal,
    ...more,
  });
  return { ...ran, lines, qemu };
}

describe('a machine', () => {
  it('is done when its report is complete and it has powered off', async () => {
    const ups: number[] = [];
    const script = `echo booting; say 'ingot-boot 1'; say 'up 2.5'; sleep 0.5; say 'begin 0'; say 'o hi'; say 'exit 0'; say end`;
    const { end, report: said, lines } = await run(script, { onUp: (seconds) => void ups.push(seconds) });
    expect(end).toEqual({ kind: 'done' });
    expect(said).toEqual({ up: 2.5, ended: true, checks: [{ exit: 0, output: 'hi', cut: false }] });
    expect(lines).toEqual(['booting']);
    expect(ups).toEqual([2.5]);
  });

  it('that does not power off is switched off', async () => {
    const { end, qemu } = await run(`say 'ingot-boot 1'; say end; exec sleep 1000`, { grace: 0.2 });
    expect(end).toEqual({ kind: 'done' });
    expect(runs(qemu)).toBe(false);
  });

  it('that panics is not waited for', async () => {
    const { end, tail, qemu } = await run(`echo 'Kernel panic - not syncing: x'; echo behind it; exec sleep 1000`);
    expect(end).toMatchObject({ kind: 'sign', sign: { code: 'INGOT_BOOT_PANIC' } });
    expect(tail).toEqual(['Kernel panic - not syncing: x', 'behind it']);
    expect(runs(qemu)).toBe(false);
  });

  it('that panics and restarts has panicked', async () => {
    const { end } = await run(`echo 'Kernel panic - not syncing: x'`);
    expect(end).toMatchObject({ kind: 'sign', sign: { code: 'INGOT_BOOT_PANIC' } });
  });

  it('that is up may say what it likes, but panic', async () => {
    const up = `say 'ingot-boot 1'; say 'up 1'; sleep 0.5; echo 'You are in emergency mode'; sleep 0.5`;
    expect((await run(`${up}; say end`)).end).toEqual({ kind: 'done' });
    const { end } = await run(`${up}; echo 'Kernel panic - not syncing: x'; exec sleep 1000`);
    expect(end).toMatchObject({ kind: 'sign', sign: { code: 'INGOT_BOOT_PANIC' } });
  });

  it('has a time limit', async () => {
    const {
      end,
      qemu,
      report: said,
    } = await run(`say 'ingot-boot 1'; say 'up 1'; say 'begin 0'; exec sleep 1000`, {
      timeLimit: 2,
    });
    expect(end).toEqual({ kind: 'time' });
    expect(said).toMatchObject({ up: 1, checks: [{ exit: undefined }] });
    expect(runs(qemu)).toBe(false);
  });

  it('that goes off before it is through, is gone', async () => {
    expect((await run('exit 0')).end).toEqual({ kind: 'gone', code: 0 });
    const { end, tail } = await run('echo "qemu: no memory" >&2; exit 1');
    expect(end).toEqual({ kind: 'gone', code: 1 });
    expect(tail).toEqual(['qemu: no memory']);
    expect((await run('kill -9 $$')).end).toEqual({ kind: 'gone', code: undefined });
  });

  it('ends with Ctrl-C', async () => {
    const stop = new AbortController();
    const onLine = () => stop.abort(new Error('stopped by SIGINT'));
    await expect(run('echo here; exec sleep 1000', { signal: stop.signal, onLine })).rejects.toThrow(
      'stopped by SIGINT',
    );
    await sleep(50);
    expect(runs(join(folder, 'bin/qemu-system-x86_64'))).toBe(false);
    await expect(run('exit 0', { signal: stop.signal })).rejects.toThrow('stopped by SIGINT');
  });
});
