import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeQemu, runs } from '../test/fake-qemu.ts';
import { probe } from './accelerator.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-kvm-'));
  await writeFile(join(folder, 'kvm'), '');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function probed(script: string, { device = 'kvm', limit = 60_000, signal = new AbortController().signal } = {}) {
  const qemu = await fakeQemu(folder, script);
  const options = { qemu, kernel: '/k', architecture: 'amd64', signal, limit } as const;
  return probe({ ...options, device: join(folder, device) });
}

describe('KVM', () => {
  it('is used where a kernel runs to its end', async () => {
    expect(await probed(`echo 'Kernel panic - not syncing: VFS'`)).toBe('kvm');
  });

  it.each([
    ['hangs', 'exec sleep 1000'],
    ['gets no further than its first instructions', 'exit 0'],
    ['breaks off with an internal error', `echo 'KVM internal error. Suberror: 1'; exit 1`],
    ['hangs in its panic', `echo 'Kernel panic - not syncing: VFS'; exec sleep 1000`],
  ])('is not used where a guest %s', async (_, script) => {
    expect(await probed(script, { limit: 500 })).toBe('tcg');
    expect(runs(join(folder, 'bin/qemu-system-x86_64'))).toBe(false);
  });

  it('is not used where there is no device, and nothing is started for it', async () => {
    expect(await probed(`echo 'Kernel panic - not syncing: VFS'`, { device: 'nothing' })).toBe('tcg');
    expect(runs(join(folder, 'bin/qemu-system-x86_64.pid'))).toBe(false);
  });

  it('is not asked for any longer after Ctrl-C', async () => {
    const signal = AbortSignal.abort(new Error('stopped by SIGINT'));
    await expect(probed('exec sleep 1000', { signal })).rejects.toThrow('stopped by SIGINT');
  });
});
