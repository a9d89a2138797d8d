import { execFile } from 'node:child_process';
import { cp, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../tools/nx-workspace.ts';
import { smallRoot } from '../../../tools/os-image/small-root.ts';
import { referee } from '../../../tools/referee.ts';

const run = promisify(execFile);
const all = ['plan', 'rootfs', 'metal-stack', 'image'];

const description = `ingot: os-image/v1
name: small
version: 1.0.20240101
commandLine: console=ttyS0
rootfs: root/rootfs.tar
formats: [metal-stack, container]
metal-stack: { level: 1 }
`;

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({
    packages: ['os-image'],
    nxJson: { plugins: ['@ingot/oci/plugin', '@ingot/os-image/plugin'] },
    files: {
      'small/os-image.yaml': description,
      'app/image.yaml':
        'ingot: image/v1\nname: app\nversion: 1.0.0\nfrom: project:small\nlayers:\n  - files: [{ from: www, to: /www }]\n',
      'app/www/index.html': 'page',
      'tiny/os-image.yaml': await readmeExample(),
      'tiny/root/etc/os-release': 'ID=tiny\n',
    },
  });
  const { tar } = await smallRoot(workspace.path('made'));
  await cp(tar, workspace.path('small/root/rootfs.tar'));
});
afterAll(() => workspace?.remove());

async function readmeExample(): Promise<string> {
  return /```yaml\n([\s\S]*?)```/.exec(await readFile(new URL('../README.md', import.meta.url), 'utf8'))![1]!;
}

/** The tasks that were found in the cache, and those that ran. */
async function build(...targets: string[]): Promise<{ readonly hits: string[]; readonly ran: string[] }> {
  const { code, all } = await workspace.nx(['run-many', '-p', 'small', '-t', ...targets, '--outputStyle=static']);
  expect(code, all).toBe(0);
  const lines = [...all.matchAll(/nx run small:(\S+)(.*)/g)].map(([, task, rest]) => ({ task: task!, rest: rest! }));
  const hit = (rest: string) => /\[(local cache|existing outputs match)/.test(rest);
  return {
    hits: lines.filter(({ rest }) => hit(rest)).map(({ task }) => task),
    ran: lines.filter(({ rest }) => !hit(rest)).map(({ task }) => task),
  };
}

describe('in an Nx workspace', () => {
  it('formats are made of one root file system', async () => {
    const { ran } = await build(...all);
    expect(ran.toSorted()).toEqual(all.toSorted());
    await run(referee('lz4'), ['-t', workspace.path('small/dist/metal-stack/stable/small/1.0/img.tar.lz4')]);
    await run(referee('skopeo'), ['inspect', `oci:${workspace.path('small/dist/image')}:1.0.20240101`]);
  });

  it('a change of one format makes that format again, and nothing else', async () => {
    await workspace.write({ 'small/os-image.yaml': description.replace('level: 1', 'level: 2') });
    const { ran, hits } = await build(...all);
    expect(ran, JSON.stringify(hits)).toEqual(['plan', 'metal-stack']);
    expect(hits.toSorted()).toEqual(all.filter((each) => !ran.includes(each)).toSorted());
  });

  it('a comment makes nothing again but the plan', async () => {
    await workspace.write({ 'small/os-image.yaml': `# changed\n${description}` });
    expect((await build(...all)).ran).toEqual(['plan']);
  });

  it('an image of containers can be built on it, and affected knows', async () => {
    const { code, all } = await workspace.nx(['run', 'app:image']);
    expect(code, all).toBe(0);
    const layers = `oci:${workspace.path('app/dist/image')}`;
    const { stdout } = await run(referee('skopeo'), ['inspect', '--raw', `${layers}:1.0.0`]);
    expect((JSON.parse(stdout) as { layers: unknown[] }).layers).toHaveLength(2);
    const affected = await workspace.nx(['show', 'projects', '--affected', '--files=small/root/rootfs.tar']);
    expect(affected.stdout).toContain('app');
  });

  it('the example of the README builds', async () => {
    const { code, all } = await workspace.nx(['run', 'tiny:image']);
    expect(code, all).toBe(0);
    const { stdout } = await run(referee('skopeo'), ['inspect', `oci:${workspace.path('tiny/dist/image')}:1.0.0`]);
    expect(JSON.parse(stdout)).toMatchObject({ Architecture: 'amd64', Os: 'linux' });
  });

  it('what is wrong is said at its place before anything is built', async () => {
    await workspace.write({ 'small/os-image.yaml': description.replace('1.0.20240101', '1.0') });
    const { code, all } = await workspace.nx(['run', 'small:metal-stack']);
    expect(code).not.toBe(0);
    expect(all).toContain('small/os-image.yaml:3:1  INGOT_OS_IMAGE_VERSION');
    expect(all).not.toContain('nx run small:rootfs');
  });
});
