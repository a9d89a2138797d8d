import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { root } from '../tools/repository.ts';
import { exampleWorkspace } from './example-workspace.ts';

const run = promisify(execFile);
const example = 'examples/debian-metal';
const minutes = 60_000;

let workspace: NxWorkspace;
let version: string;
beforeAll(async () => {
  workspace = await exampleWorkspace(['oci', 'os-image'], 'debian-metal');
});
afterAll(() => workspace?.remove());

async function nx(...args: string[]): Promise<string> {
  const { code, all } = await workspace.nx([...args, '--outputStyle=static']);
  expect(code, all).toBe(0);
  return all;
}

const dist = (...path: string[]) => workspace.path(example, 'dist', ...path);

interface BootResult {
  readonly reports: readonly { readonly way: string; readonly passed: boolean; readonly checks: readonly object[] }[];
}

describe('examples/debian-metal', () => {
  it(
    'locks the versions of today',
    async () => {
      expect(await nx('run', 'debian-metal:lock')).toMatch(/packages\.lock: \d+ packages, \d+ added, in/);
      expect(await nx('run', 'debian-metal:lock')).toContain('nothing has changed');
      const date = /^date: (\d{4}-\d{2}-\d{2})$/m.exec(await workspace.read(`${example}/packages.lock`))![1]!;
      version = `12.0.${date.replaceAll('-', '')}`;
    },
    10 * minutes,
  );

  it(
    'is what every consumer takes',
    async () => {
      const said = await nx('run', 'debian-metal:verify');
      for (const format of ['metal-stack', 'onmetal', 'ironcore', 'gardenlinux', 'disk', 'ironic', 'container']) {
        expect(said).toContain(`${format}: accepted`);
      }
      const md5 = await run('md5sum', ['-c', 'img.tar.lz4.md5'], { cwd: dist('metal-stack/stable/debian/12.0') });
      expect(md5.stdout).toBe('img.tar.lz4: OK\n');
      await run(referee('qemu-img'), [
        'compare',
        dist('disk/debian-metal-amd64.raw'),
        dist('disk/debian-metal-amd64.qcow2'),
      ]);
      const { stdout } = await run(referee('skopeo'), ['inspect', '--raw', `oci:${dist('ironic')}:${version}`]);
      expect((JSON.parse(stdout) as { manifests: object[] }).manifests).toHaveLength(2);
    },
    25 * minutes,
  );

  it('installs just what is locked', async () => {
    const locked = (await workspace.read(`${example}/packages.lock`)).match(/^ {4}- .*$/gm)!;
    const manifest = await readFile(dist('rootfs/amd64/manifest'), 'utf8');
    const pairs = locked.map((line) =>
      line
        .replace(/^ {4}- /, '')
        .split(' ')
        .slice(0, 2)
        .join(' '),
    );
    expect(manifest.trimEnd().split('\n').toSorted()).toEqual(pairs.toSorted());
  });

  it(
    'boots by the paths of metal-stack, onmetal, IronCore and UEFI, and passes the checks',
    async () => {
      await nx('run', 'debian-metal:boot');
      const { reports } = await workspace.json<BootResult>(`${example}/dist/boot.json`);
      expect(reports.map(({ way }) => way)).toEqual(['metal-stack', 'onmetal', 'ironcore', 'disk']);
      for (const { way, passed, checks } of reports) {
        expect(passed, way).toBe(true);
        expect(checks).toHaveLength(5);
      }
      // What was booted again is a cache hit.
      expect(await nx('run', 'debian-metal:boot')).toMatch(
        /nx run debian-metal:boot {2}\[(local cache|existing outputs)/,
      );
    },
    25 * minutes,
  );

  it(
    'is the same when it is built again: tar, lz4, OCI layouts, raw and qcow2',
    async () => {
      const targets = ['rootfs', 'metal-stack', 'disk', 'onmetal', 'ironcore', 'ironic', 'image'];
      const said = await nx('run', 'debian-metal:reproduce', ...targets.map((target) => `--targets=${target}`));
      expect(said).not.toMatch(/differ/);
      const report = await workspace.json<{ reproducible: boolean; differences: unknown[] }>(
        `${example}/dist/reproduce.json`,
      );
      expect(report).toMatchObject({ reproducible: true, differences: [] });
    },
    30 * minutes,
  );

  it('has the installer that the generator writes', async () => {
    const of = (path: string) => readFile(`${root}/${path}`, 'utf8');
    expect(await of(`${example}/install.sh`)).toBe(await of('packages/os-image/templates/install.sh'));
    expect(await of('examples/dockerfile-metal/install.sh')).toBe(await of('packages/os-image/templates/install.sh'));
  });
});
