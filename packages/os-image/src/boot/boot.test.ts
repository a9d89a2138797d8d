import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { digestOfFile } from '@ingot/content';
import { bootImage } from './boot.ts';
import { fakeQemu, runs } from './test/fake-qemu.ts';
import { bootInput, check, make, type Made } from './test/rig.ts';
import type { BootReport } from './report.ts';

let folder: string;
let made: Made;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-boot-'));
  made = await make(folder, ['disk', 'ironcore']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(join(folder, 'boot'), { recursive: true, force: true });
});

const reportFile = async () =>
  JSON.parse(await readFile(join(folder, 'boot/ironcore-amd64.json'), 'utf8')) as BootReport;

/** Temporary folders that are left. */
const left = async () => (await readdir(folder)).filter((name) => name.startsWith('.'));

describe('an image that boots', () => {
  it('is up in a machine, where the checks run as root; what ships is not changed', async () => {
    const shipped = join(folder, 'disk/small-amd64.raw');
    const before = await digestOfFile(shipped);
    const checks = [
      check('id -u', { text: '0' }),
      check(`printf '%s\\n' "it's" 'two' >&2; exit 3`, { exit: 3, text: "it's\ntwo" }),
      check('cat /etc/os-release; grep root= /proc/cmdline', { text: 'ID=small' }),
      check('seq 1 100000 | head -c 100000'),
    ];
    const input = bootInput(made, 'ironcore', { checks });
    const report = await bootImage(input);
    expect(report).toMatchObject({
      passed: true,
      end: 'done',
      start: 'kernel',
      accelerator: 'tcg',
      version: '12.0.20240101',
    });
    expect(report.up).toBeGreaterThan(0);
    expect(report.commandLine).toMatch(/^root=UUID=\S+ console=ttyS0,115200$/);
    expect(report.checks.map(({ output }) => output).slice(0, 2)).toEqual(['0', "it's\ntwo"]);
    expect(report.checks[3]).toMatchObject({ cut: true, passed: true });
    expect(report.checks[3]!.output.length).toBeGreaterThan(10_000);
    expect(await reportFile()).toEqual(report);
    expect(await readFile(join(folder, 'boot/ironcore-amd64.log'), 'utf8')).toMatch(
      /small: up[\s\S]*reboot: Power down/,
    );
    expect(input.stages).toEqual(['copying ironcore amd64', 'booting ironcore amd64', 'checking ironcore amd64']);
    expect(await digestOfFile(shipped)).toBe(before);
    expect(await left()).toEqual([]);
  });
});

/** Boots with a program in place of qemu. */
async function fake(
  script: string,
  boot: Parameters<typeof bootInput>[2] = {},
  more: Partial<ReturnType<typeof bootInput>> = {},
) {
  const qemu = await fakeQemu(folder, script);
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env['PATH']}`);
  const result = await bootImage({ ...bootInput(made, 'ironcore', boot), ...more }).catch((error: unknown) => error);
  expect(await left()).toEqual([]);
  expect(runs(qemu)).toBe(false);
  return result;
}

const up = `say 'ingot-boot 1'; say 'up 1'`;

describe('an image that does not', () => {
  it('has failed checks by their places, and a report of all', async () => {
    const checks = [check('good'), check('bad'), check('silent', { text: 'words' }), check('never\nreached')];
    const script = `${up}; say 'begin 0'; say 'exit 0'; say 'begin 1'; say 'o why'; say 'exit 4'; say 'begin 2'; say 'exit 0'
      say 'begin 3'; say 'o a'; say 'exit 1'; say end`;
    const error = (await fake(script, { checks })) as AggregateError;
    expect(error.errors).toEqual([
      expect.objectContaining({
        code: 'INGOT_BOOT_CHECK',
        message: 'ironcore amd64: the check `bad` ended with 4, not 0:\nwhy',
        place: checks[1]!.place,
      }),
      expect.objectContaining({ message: 'ironcore amd64: the check `silent` does not say "words", and said nothing' }),
      expect.objectContaining({ message: 'ironcore amd64: the check `never` ended with 1, not 0:\na' }),
    ]);
    const report = await reportFile();
    expect(report.passed).toBe(false);
    expect(report.checks.map(({ passed }) => passed)).toEqual([true, false, false, false]);
  });

  it('has panicked, with the last lines of its console', async () => {
    const script = `echo one; echo 'Kernel panic - not syncing: VFS: Unable to mount root fs'; exec sleep 1000`;
    expect(await fake(script)).toMatchObject({
      code: 'INGOT_BOOT_PANIC',
      message: expect.stringMatching(
        /^ironcore amd64: the kernel panicked before it was up; its console ended with:\none\nKernel/,
      ),
      path: join(folder, 'boot/ironcore-amd64.log'),
    });
    expect(await reportFile()).toMatchObject({ passed: false, end: 'sign', checks: [] });
  });

  it('was not up in time, or not done with a check', async () => {
    expect(await fake('exec sleep 1000', { timeLimit: 0.3 })).toMatchObject({
      code: 'INGOT_BOOT_TIMEOUT',
      message: 'ironcore amd64: not up after 0.3 seconds, and its console said nothing',
    });
    const checks = [check('slow')];
    expect(await fake(`${up}; say 'begin 0'; exec sleep 1000`, { timeLimit: 2, checks })).toMatchObject({
      code: 'INGOT_BOOT_TIMEOUT',
      message: expect.stringContaining('not done with its check `slow` after 2 seconds'),
    });
    expect(await reportFile()).toMatchObject({ end: 'time', up: 1, checks: [{ run: 'slow', passed: false }] });
  });

  it('went off, or qemu did', async () => {
    expect(await fake('exit 0')).toMatchObject({ code: 'INGOT_BOOT_ENDED' });
    expect(await fake('echo no memory >&2; exit 1')).toMatchObject({
      code: 'INGOT_BOOT_MACHINE',
      message: 'ironcore amd64: qemu ended with 1 before it was up; its console ended with:\nno memory',
    });
  });

  it('was stopped: nothing runs, nothing is left', async () => {
    const stop = new AbortController();
    const reason = new Error('stopped by SIGINT');
    const stage = (label: string) => void (label.startsWith('checking') && stop.abort(reason));
    expect(await fake(`${up}; exec sleep 1000`, {}, { signal: stop.signal, stage })).toBe(reason);
  });

  it('has a kernel that nobody hears', async () => {
    const notes: string[] = [];
    const description = { ...made.description, commandLine: 'quiet' };
    const silent = await make(join(folder, 'silent'), ['disk', 'ironcore'], description, made);
    const format = silent.formats.get('ironcore')!;
    await fake(`${up}; say end`, {}, { format, note: (text) => void notes.push(text) });
    expect(notes).toEqual([expect.stringContaining('has no console=ttyS0')]);
  });
});

describe('without what it needs, a boot', () => {
  it('names the program and its package', async () => {
    vi.stubEnv('PATH', folder);
    await expect(bootImage(bootInput(made, 'ironcore'))).rejects.toMatchObject({
      code: 'INGOT_TOOL_MISSING',
      message: expect.stringContaining('qemu-system-x86_64'),
      help: expect.stringContaining('qemu-system-x86'),
    });
  });

  it('wants a kernel', async () => {
    const { rootfs } = made;
    const { kernel, ...without } = rootfs.architectures[0]!;
    expect(kernel).toBeDefined();
    const input = { ...bootInput(made, 'ironcore'), rootfs: { ...rootfs, architectures: [without] } };
    await expect(bootImage(input)).rejects.toMatchObject({ code: 'INGOT_BOOT_IMAGE' });
  });

  it('says where the disk of an image is none', async () => {
    const path = join(folder, 'no-disk.raw');
    await writeFile(path, Buffer.alloc(4096));
    const result = {
      ...made.formats.get('disk')!.result,
      files: [{ path: 'no-disk.raw', size: 4096, digest: '', architecture: 'amd64', role: 'raw' }],
    };
    const input = { ...bootInput(made, 'disk'), format: { folder, result } };
    await expect(bootImage(input)).rejects.toMatchObject({ code: 'INGOT_BOOT_IMAGE' });
    await expect(bootImage({ ...input, format: { folder, result: { ...result, files: [] } } })).rejects.toMatchObject({
      code: 'INGOT_BOOT_IMAGE',
      message: 'the target disk made no disk for amd64',
    });
    expect(await left()).toEqual([]);
  });
});
