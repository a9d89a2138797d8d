import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootImage } from '../packages/os-image/src/boot/boot.ts';
import { bootInput, check, make } from '../packages/os-image/src/boot/test/rig.ts';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { exampleWorkspace } from './example-workspace.ts';

const example = 'examples/hello-solution';
let workspace: NxWorkspace;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-kernel-'));
  const others = ['static-server', 'hello-server', 'hello-ui', 'hello-solution-operator'];
  workspace = await exampleWorkspace(['oci', 'solution'], ...others, 'hello-solution');
  // The example has no link of its own.
  await symlink('README.md', workspace.path(example, 'docs/index.md'));
  const { code, all } = await workspace.nx(['run', 'hello-solution:pack']);
  expect(code, all).toBe(0);
});
afterAll(async () => {
  await workspace.remove();
  await rm(folder, { recursive: true, force: true });
});

interface Plan {
  readonly files: readonly { readonly path: string; readonly digest: string; readonly size: number }[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/** `find` and its like have it before every path. */
const here = './';

describe('the ISO of a Solution', () => {
  it('holds for a Linux kernel what the plan says: each file with its digest, each link with its target', async () => {
    const made = await make(folder, ['disk', 'ironcore']);
    const plan = await workspace.json<Plan>(`${example}/dist/plan.json`);
    const drives = [
      { file: workspace.path(example, 'dist/hello-solution-0.1.0.iso'), format: 'raw', readOnly: true } as const,
    ];
    const checks = [
      check('modprobe isofs; mount -t iso9660 -o ro /dev/vdb /mnt'),
      check('cd /mnt && find . -type f -exec sha256sum {} +'),
      check(`cd /mnt && find . -type l -exec sh -c 'for link; do echo "$link $(readlink "$link")"; done' sh {} +`),
      check('cd /mnt && find . ! -type d -exec stat -c "%A %u:%g %s %n" {} +'),
    ];
    const report = await bootImage({ ...bootInput(made, 'ironcore', { checks, timeLimit: 300 }), drives });
    expect(report.checks.filter(({ cut }) => cut)).toEqual([]);
    const [, digests, links, facts] = report.checks.map(({ output }) => output.split('\n').filter(Boolean).sort());
    const files = plan.files.map(({ path, digest }) => `${digest.slice('sha256:'.length)}  ${here}${path}`);
    expect(digests).toEqual(files.sort());
    expect(links).toEqual(plan.links.map(({ path, target }) => `${here}${path} ${target}`).sort());
    expect(links).toContain(`${here}docs/index.md README.md`);
    const regular = facts!.filter((line) => line.startsWith('-'));
    expect(regular).toEqual(plan.files.map(({ path, size }) => `-r--r--r-- 0:0 ${size} ${here}${path}`).sort());
  }, 600_000);
});
