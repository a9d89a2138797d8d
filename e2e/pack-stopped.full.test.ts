import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../tools/nx-workspace.ts';
import type { RunResult } from '../tools/nx-workspace.ts';
import { sampleLayout } from './sample-layout.ts';

const sentinel = 'the ISO of an earlier pack';
const solution = `ingot: solution/v1
name: large
version: 1.2.3
images:
  - { from: oci:image, name: tool, tag: 1.0.0 }
files:
  - { from: data, to: data }
`;

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({
    nxJson: { plugins: ['@ingot/oci/plugin', '@ingot/solution/plugin'] },
    files: { 'p/large/solution.yaml': solution },
  });
  await sampleLayout(workspace.path('p/large/image'));
  mkdirSync(workspace.path('p/large/data'));
  writeFileSync(workspace.path('p/large/data/zeros'), '');
  truncateSync(workspace.path('p/large/data/zeros'), 512 * 1024 * 1024);
  const { code, all } = await workspace.nx(['run', 'large:plan']);
  expect(code, all).toBe(0);
});
afterAll(() => workspace?.remove());

describe('a pack that is stopped', () => {
  const args = ['run', 'large:pack', '--excludeTaskDependencies'];
  const iso = () => workspace.path('p/large/dist/large-1.2.3.iso');
  const temporaries = () => readdirSync(workspace.path('p/large/dist')).filter((name) => name.startsWith('.'));

  /** Sends a signal to the whole process group, as a terminal does, as soon as the ISO is being written. */
  async function stopped(signal: 'SIGINT' | 'SIGKILL'): Promise<RunResult> {
    let group = 0;
    let ended = false;
    const run = workspace.nx(args, {}, (pid) => (group = pid)).finally(() => (ended = true));
    while (!ended && !temporaries().some((name) => isWritten(workspace.path('p/large/dist', name))))
      await setTimeout(2);
    if (!ended) process.kill(-group, signal);
    const result = await run;
    // Nx has ended, but the process that wrote may still be on its way out.
    while (isAlive(-group)) await setTimeout(10);
    return result;
  }

  function isAlive(pid: number): boolean {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  }

  function isWritten(file: string): boolean {
    return (statSync(file, { throwIfNoEntry: false })?.blocks ?? 0) > 0;
  }

  it('by Ctrl-C leaves the old ISO and nothing else', async () => {
    writeFileSync(iso(), sentinel);
    const { code, all } = await stopped('SIGINT');
    expect(code, all).not.toBe(0);
    while (temporaries().length > 0) await setTimeout(50);
    expect(readFileSync(iso(), 'utf8')).toBe(sentinel);
  });

  it('by kill -9 leaves the old ISO, and the next pack clears up', async () => {
    const { code, all } = await stopped('SIGKILL');
    expect(code, all).toBeNull();
    expect(temporaries()).toHaveLength(1);
    expect(readFileSync(iso(), 'utf8')).toBe(sentinel);

    const after = await workspace.nx(args);
    expect(after.code, after.all).toBe(0);
    expect(temporaries()).toEqual([]);
    const { sha256: expected } = await workspace.json<{ sha256: string }>('p/large/dist/pack.json');
    expect(sha256(iso())).toBe(expected);
  });
});

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
