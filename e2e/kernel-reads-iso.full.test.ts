import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootImage } from '../packages/os-image/src/boot/boot.ts';
import { bootInput, check, description, make, type Made } from '../packages/os-image/src/boot/test/rig.ts';
import type { FormatResult } from '../packages/os-image/src/format/format.ts';
import type { RootfsResult } from '../packages/os-image/src/rootfs/result.ts';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { exampleWorkspace } from './example-workspace.ts';

const example = 'examples/hello-solution';
const debian = 'examples/debian-metal';
const minutes = 60_000;
let workspace: NxWorkspace;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-kernel-'));
  const others = ['static-server', 'hello-server', 'hello-ui', 'hello-solution-operator', 'debian-metal'];
  workspace = await exampleWorkspace(['oci', 'solution', 'os-image'], ...others, 'hello-solution');
  // The example has no link of its own.
  await symlink('README.md', workspace.path(example, 'docs/index.md'));
  await nx('hello-solution:pack');
}, 5 * minutes);
afterAll(async () => {
  await workspace?.remove();
  await rm(folder, { recursive: true, force: true });
});

async function nx(task: string): Promise<void> {
  const { code, all } = await workspace.nx(['run', task, '--outputStyle=static'], { SOURCE_DATE_EPOCH: '1767225600' });
  expect(code, all).toBe(0);
}

/** The image that examples/debian-metal builds. */
async function builtDebian(): Promise<Made> {
  await nx('debian-metal:ironcore');
  const dist = `${debian}/dist`;
  const result = await workspace.json<FormatResult>(`${dist}/ironcore.json`);
  return {
    description: { ...description(folder), name: 'debian-metal' },
    rootfs: await workspace.json<RootfsResult>(`${dist}/rootfs.json`),
    rootfsFolder: workspace.path(dist, 'rootfs'),
    formats: new Map([['ironcore', { folder: workspace.path(dist, 'ironcore'), result }]]),
  };
}

const images = { 'the small root': () => make(folder, ['disk', 'ironcore']), 'the built Debian': builtDebian };

interface Plan {
  readonly files: readonly { readonly path: string; readonly digest: string; readonly size: number }[];
  readonly links: readonly { readonly path: string; readonly target: string }[];
}

/** `find` and its like have it before every path. */
const here = './';

describe('the ISO of a Solution', () => {
  const title =
    'holds for a Linux kernel what the plan says: each file with its digest, each link with its target (%s)';
  it.each(['the small root', 'the built Debian'] as const)(title, { timeout: 20 * minutes }, async (name) => {
    const made = await images[name]();
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
    const report = await bootImage({
      ...bootInput(made, 'ironcore', { checks, timeLimit: 600, memory: 1024 }),
      drives,
    });
    expect(report.checks.filter(({ cut }) => cut)).toEqual([]);
    const [, digests, links, facts] = report.checks.map(({ output }) => output.split('\n').filter(Boolean).sort());
    const files = plan.files.map(({ path, digest }) => `${digest.slice('sha256:'.length)}  ${here}${path}`);
    expect(digests).toEqual(files.sort());
    expect(links).toEqual(plan.links.map(({ path, target }) => `${here}${path} ${target}`).sort());
    expect(links).toContain(`${here}docs/index.md README.md`);
    const regular = facts!.filter((line) => line.startsWith('-'));
    expect(regular).toEqual(plan.files.map(({ path, size }) => `-r--r--r-- 0:0 ${size} ${here}${path}`).sort());
  });
});
