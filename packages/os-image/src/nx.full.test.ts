import { execFile } from 'node:child_process';
import { cp, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../tools/nx-workspace.ts';
import { smallRoot } from '../../../tools/os-image/small-root.ts';
import { referee } from '../../../tools/referee.ts';

const run = promisify(execFile);
const formats = ['metal-stack', 'onmetal', 'ironcore', 'gardenlinux', 'disk', 'ironic'];
const all = ['plan', 'rootfs', ...formats, 'image'];

const description = `ingot: os-image/v1
name: small
version: 1.0.20240101
commandLine: console=ttyS0
rootfs: root/rootfs.tar
formats: [${formats.join(', ')}, container]
disk: { bootloader: grub, esp: 34MiB, free: 4MiB }
`;

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({
    packages: ['os-image'],
    nxJson: { plugins: ['@ingot/oci/plugin', '@ingot/os-image/plugin'] },
    files: { 'small/os-image.yaml': description },
  });
  const { tar } = await smallRoot(workspace.path('made'));
  await cp(tar, workspace.path('small/root/rootfs.tar'));
});
afterAll(() => workspace?.remove());

const dist = (...path: string[]) => workspace.path('small/dist', ...path);

/** Builds everything, and answers with the tasks that did not come out of the cache. */
async function build(): Promise<string[]> {
  const { code, all: said } = await workspace.nx(['run-many', '-p', 'small', '-t', ...all, '--outputStyle=static']);
  expect(code, said).toBe(0);
  const tasks = [...said.matchAll(/nx run small:(\S+)(.*)/g)].filter(([, , rest]) => !/\[(local|existing)/.test(rest!));
  return tasks.map(([, task]) => task!).toSorted();
}

describe('in an Nx workspace', () => {
  it('every format is made of one root file system', async () => {
    expect(await build()).toEqual(all.toSorted());
    await run(referee('lz4'), ['-t', dist('metal-stack/stable/small/1.0/img.tar.lz4')]);
    await run(referee('qemu-img'), ['check', dist('disk/small-amd64.qcow2')]);
    await run(referee('skopeo'), ['inspect', `oci:${dist('image')}:1.0.20240101`]);
    expect((await stat(dist('gardenlinux/small-amd64-1.0.20240101.oci.tar.xz'))).size).toBeGreaterThan(1e6);
  }, 600_000);

  it('a change of the disk makes what carries it again, and nothing else', async () => {
    await workspace.write({ 'small/os-image.yaml': description.replace('4MiB }', '5MiB }') });
    expect(await build()).toEqual(['disk', 'gardenlinux', 'ironcore', 'ironic', 'onmetal', 'plan']);
  }, 600_000);
});
