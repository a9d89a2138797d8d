import { execFile } from 'node:child_process';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { referee } from '../tools/referee.ts';
import { startProgram, type Program } from '../tools/registry/program.ts';
import { root } from '../tools/repository.ts';
import { exampleWorkspace } from './example-workspace.ts';

const run = promisify(execFile);

/** The same on every machine. It changes when the example or a format of ours does, and only then. */
const expected = 'sha256:4d399ce83079829bffc45dc75d5571b852d161d5e087f3c242518aa92f0d013b';

const address = '127.0.0.1:5056';
const example = 'examples/locked-base';

interface ImageResult {
  readonly digest: string;
  readonly inherited: readonly { readonly digest: string; readonly source: string }[];
}

let workspace: NxWorkspace;
let said: string;

beforeAll(async () => {
  workspace = await exampleWorkspace(['oci'], 'locked-base', 'local-registry', 'hello-ui', 'static-server');
  await cp(join(root, 'ingot.lock'), workspace.path('ingot.lock'));
  const { code, all } = await workspace.nx(['run', 'locked-base:image', '--output-style=static']);
  expect(code, all).toBe(0);
  said = all;
});
afterAll(() => workspace?.remove());

describe('locked-base', () => {
  it('is built, with an empty store, on the base that ingot.lock pins', async () => {
    const { digest, inherited } = await workspace.json<ImageResult>(`${example}/dist/image.json`);
    const base = await workspace.json<ImageResult>(`${example}/base/dist/image.json`);
    expect(await workspace.read('ingot.lock')).toContain(`image: ${address}/base:1.0.0@${base.digest}\n`);
    expect(new Set(inherited.map(({ source }) => source))).toEqual(
      new Set([`docker://${address}/base:1.0.0@${base.digest}`]),
    );
    expect(digest).toBe(expected);
    expect(said).toContain(`registry at http://${address}`);
  });

  it('is a cache hit the second time', async () => {
    const { code, all } = await workspace.nx(['run', 'locked-base:image', '--output-style=static']);
    expect(code, all).toBe(0);
    expect(all).toMatch(/nx run locked-base:image {2}\[(local cache|existing outputs match the cache)/);
    expect(all).toMatch(/sent 0 B in 0/);
  });

  it('is affected by ingot.lock and its base, and other images are not', async () => {
    const affected = async (file: string) => {
      const { stdout } = await workspace.nx(['show', 'projects', '--affected', `--files=${file}`]);
      return stdout.split('\n').filter(Boolean).sort();
    };
    expect(await affected('ingot.lock')).toEqual(['locked-base']);
    expect(await affected(`${example}/base/etc/os-release`)).toEqual(['locked-base', 'locked-base-base']);
  });
});

describe('the generator', () => {
  let registry: Program;

  beforeAll(async () => {
    registry = await startProgram(
      'docker-registry',
      ['serve', workspace.path(example, 'base/registry.yaml')],
      /listening on 127\.0\.0\.1:5056/,
      {
        REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY: workspace.path(example, 'base/dist/registry'),
        REGISTRY_LOG_LEVEL: 'info',
      },
    );
  });
  afterAll(() => registry?.stop());

  it('writes the ingot.lock that is committed', async () => {
    const committed = await workspace.read('ingot.lock');
    await rm(workspace.path('ingot.lock'));
    const { code, all } = await workspace.nx(['g', '@ingot/oci:lock']);
    expect(code, all).toBe(0);
    expect(await workspace.read('ingot.lock')).toBe(committed);
  });

  it('writes what the expression of the page on Renovate finds', async () => {
    const page = await readFile(join(root, 'docs/ingot-lock.md'), 'utf8');
    const settings = JSON.parse(/```json\n([\s\S]+?)```/.exec(page)![1]!) as {
      customManagers: [{ matchStrings: [string]; managerFilePatterns: [string] }];
    };
    const [{ matchStrings, managerFilePatterns }] = settings.customManagers;
    expect('ingot.lock').toMatch(new RegExp(managerFilePatterns[0].slice(1, -1)));
    const found = [...(await workspace.read('ingot.lock')).matchAll(new RegExp(matchStrings[0], 'g'))];
    const { digest } = await workspace.json<ImageResult>(`${example}/base/dist/image.json`);
    expect(found.map(({ groups }) => ({ ...groups }))).toEqual([
      { depName: `${address}/base`, currentValue: '1.0.0', currentDigest: digest },
    ]);
  });

  it('pins what skopeo finds under the tag', async () => {
    const inspect = ['inspect', '--tls-verify=false', '--format={{.Digest}}', `docker://${address}/base:1.0.0`];
    const { stdout } = await run(referee('skopeo'), inspect);
    expect(await workspace.read('ingot.lock')).toContain(`${address}/base:1.0.0@${stdout.trim()}\n`);
  });
});
