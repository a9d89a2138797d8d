import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runProgram } from './program.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'ingot-program-'))));
afterEach(() => rm(folder, { recursive: true }));

describe('runProgram', () => {
  it('hands the lines of both outputs on, and tells the exit code', async () => {
    const heard: string[] = [];
    const ended = await runProgram('sh', ['-c', 'echo "$0"; echo two >&2; exit 3', 'a "b" $c'], {
      onLine: (line) => heard.push(line),
    });
    expect(ended).toEqual({ code: 3, lines: ['a "b" $c', 'two'] });
    expect(heard).toEqual(ended!.lines);
  });

  it('is undefined where there is no such program', async () => {
    expect(await runProgram('no-such-program', [])).toBeUndefined();
  });

  it('sets the umask of the program alone', async () => {
    const own = process.umask();
    for (const [umask, mode] of [
      [0o022, 0o644],
      [0o077, 0o600],
    ] as const) {
      const path = join(folder, String(umask));
      await runProgram('touch', [path], { umask });
      expect((await stat(path)).mode & 0o777).toBe(mode);
      await expect(runProgram('touch', [path], { umask, cwd: '\0' })).rejects.toThrow();
      expect(process.umask()).toBe(own);
    }
  });

  it('ends a program with all that it started when its signal says so', async () => {
    const end = new AbortController();
    const ended = runProgram('sh', ['-c', 'sleep 1000 & echo $!; wait'], {
      signal: end.signal,
      onLine: (line) => end.abort(new Error(line)),
    });
    const pid = Number(await ended.then(undefined, (error: Error) => error.message));
    // The process that took it over still has to hear of its end.
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('ends a program with all that it started when nobody can hear it, and throws why', async () => {
    const heard: string[] = [];
    const ended = runProgram('sh', ['-c', 'sleep 1000 & echo $!; echo more; wait'], {
      onLine: (line) => {
        heard.push(line);
        throw new Error('the disk is full');
      },
    });
    await expect(ended).rejects.toThrow('the disk is full');
    expect(heard).toHaveLength(1);
    await expect.poll(() => isRunning(Number(heard[0]))).toBe(false);
  });
});

async function isRunning(pid: number): Promise<boolean> {
  const state = await runProgram('ps', ['-o', 'stat=', '-p', String(pid)]);
  return state!.lines.some((line) => !line.startsWith('Z'));
}
