import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fakeQemu, runs } from './test/fake-qemu.ts';
import { bootInput, make, type Made } from './test/rig.ts';
import { tryImage } from './try.ts';

let folder: string;
let made: Made;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-try-'));
  made = await make(folder, ['disk', 'ironcore']);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

async function tried(way: 'disk' | 'ironcore', script: string, more: Partial<ReturnType<typeof bootInput>> = {}) {
  const qemu = await fakeQemu(folder, `printf '%s\\n' "$@" > "$0.arguments"; ${script}`);
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env['PATH']}`);
  const said: string[] = [];
  const error: unknown = await tryImage({ ...bootInput(made, way), ...more }, (text) => void said.push(text)).catch(
    (thrown: unknown) => thrown,
  );
  expect(runs(qemu)).toBe(false);
  expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  return { error, said, args: (await readFile(`${qemu}.arguments`, 'utf8')).trimEnd().split('\n') };
}

describe('a person', () => {
  it.each(['disk', 'ironcore'] as const)(
    'gets the console of what ships (%s), and is told how to leave',
    async (way) => {
      const { error, said, args } = await tried(way, 'exit 0');
      expect(error).toBeUndefined();
      expect(said).toEqual([expect.stringContaining('Ctrl-A X')]);
      expect(args).toContain('mon:stdio');
      const drives = args.filter((each) => each.startsWith('if=none'));
      expect(drives).toEqual([expect.stringMatching(new RegExp(`snapshot=on,file=${folder}/${way}/`))]);
    },
  );

  it('is told that qemu failed', async () => {
    expect((await tried('ironcore', 'exit 1')).error).toMatchObject({ code: 'INGOT_BOOT_MACHINE' });
  });

  it('ends all by stopping the task', async () => {
    const stop = new AbortController();
    const timer = setInterval(() => {
      if (runs(join(folder, 'bin/qemu-system-x86_64'))) stop.abort(new Error('stopped by SIGTERM'));
    }, 50);
    const { error } = await tried('disk', 'exec sleep 1000', { signal: stop.signal });
    clearInterval(timer);
    expect(error).toEqual(new Error('stopped by SIGTERM'));
  });
});
