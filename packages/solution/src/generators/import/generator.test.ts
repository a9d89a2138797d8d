import { access, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { logger } from '@nx/devkit';
import { FsTree, flushChanges } from 'nx/src/generators/tree';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { manifestYaml } from '../../format/index.ts';
import type { SolutionFile } from '../../project-file/solution-file.ts';
import {
  addImage,
  edit,
  isoOf,
  manifestFacts,
  put,
  sampleImages,
  sampleSolution,
} from '../../verify/test/sample-solution.ts';
import type { Sample } from '../../verify/test/sample-solution.ts';
import importSolution from './generator.ts';
import type { ImportOptions } from './generator.ts';

let root: string;
let iso: string;
const told: string[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-import-'));
  iso = join(root, 'sample-1.0.0.iso');
  await writeFile(join(root, 'nx.json'), '{}');
  told.length = 0;
  vi.spyOn(logger, 'warn').mockImplementation((line: string) => void told.push(line));
  vi.spyOn(logger, 'info').mockImplementation(() => {});
});
afterEach(async () => {
  vi.restoreAllMocks();
  await rm(root, { recursive: true, force: true });
});

/** Imports, as `nx g` does; `source` is the sample's ISO unless it is named. */
async function run(options: Partial<ImportOptions> = {}): Promise<void> {
  const tree = new FsTree(root, false);
  const callback = await importSolution(tree, { source: iso, ...options });
  // The tree holds what is in it in memory.
  for (const { path, content } of tree.listChanges()) expect(content?.length ?? 0, path).toBeLessThan(300_000);
  flushChanges(root, tree.listChanges());
  await callback();
}

async function write(sample: Sample): Promise<void> {
  await writeFile(iso, await isoOf(sample));
}

const read = (path: string) => readFile(join(root, path), 'utf8');
const project = async (path = 'sample') => parse(await read(`${path}/solution.yaml`)) as SolutionFile;

describe('@ingot/solution:import', () => {
  it('makes a project of an ISO', async () => {
    const sample = sampleSolution();
    put(sample, 'docs/run.sh', '#!/bin/sh\n', 0o555);
    put(sample, 'docs/large', Buffer.alloc(600 * 1024, 'x'));
    sample.links.set('docs/link', 'readme.txt');
    await write(sample);
    await run();
    expect(told).toEqual([]);
    expect(await project()).toEqual({
      ingot: 'solution/v1',
      name: 'sample',
      version: '1.0.0',
      displayName: 'Sample',
      images: [
        { from: 'dir:vendor/images/sample-operator/1.0.0', name: 'sample-operator', tag: '1.0.0' },
        { from: 'dir:vendor/images/server/2.1', name: 'server', tag: '2.1' },
      ],
      operator: { image: 'sample-operator', deploy: 'operator/deploy' },
      files: [{ from: 'files', to: '.' }],
      labels: { app: 'sample' },
    });
    expect(await read('sample/solution.yaml')).toMatch(/^# yaml-language-server: .*\ningot: solution\/v1\n/);
    for (const [path, { content }] of sample.files) {
      const to = path.replace(/^(?=docs)/, 'files/').replace(/^images/, 'vendor/images');
      if (path.startsWith('images/') || path.startsWith('docs/') || path.startsWith('operator/')) {
        expect(Buffer.compare(await readFile(join(root, 'sample', to)), Buffer.from(content)), path).toBe(0);
      }
    }
    expect(await read('sample/files/docs/link')).toBe('read me');
    expect((await stat(join(root, 'sample/files/docs/run.sh'))).mode & 0o777).toBe(0o755);
    expect((await stat(join(root, 'sample/files/docs/large'))).mode & 0o777).toBe(0o644);
    expect((await readdir(join(root, 'sample'))).sort()).toEqual([
      'README.md',
      'files',
      'operator',
      'solution.yaml',
      'vendor',
    ]);
    expect(await read('nx.json')).toContain('@ingot/solution/plugin');
    expect(await read('sample/README.md')).toContain('Everything was carried over.');
  });

  it('keeps the tag by which the manifest names the operator', async () => {
    const sample = sampleSolution();
    addImage(sample, { ...sampleImages[0]!, tag: 'latest' });
    const text = sample.files.get('manifest.yaml')!.content.toString().replace('tag: "1.0.0"', 'tag: "latest"');
    sample.files.set('manifest.yaml', { ...sample.files.get('manifest.yaml')!, content: Buffer.from(text) });
    await write(sample);
    await run();
    expect((await project()).operator).toMatchObject({ image: 'sample-operator:latest' });
  });

  it('keeps equal blobs once, and equal images as aliases', async () => {
    const sample = sampleSolution();
    addImage(sample, { ...sampleImages[1]!, tag: 'latest' });
    await write(sample);
    await run();
    expect((await project()).images[1]).toEqual({
      from: 'dir:vendor/images/server/2.1',
      name: 'server',
      tag: '2.1',
      aliases: ['latest'],
    });
    const base = [...sample.files.keys()]
      .filter((path) => path.startsWith('images/'))
      .map((path) => path.replace('images', 'sample/vendor/images'));
    const shared = base.filter((path) =>
      base.some(
        (other) =>
          other !== path &&
          dirname(other) !== dirname(path) &&
          other.slice(-64) === path.slice(-64) &&
          /[0-9a-f]{64}$/.test(path),
      ),
    );
    const inodes = new Map<string, Set<bigint>>();
    for (const path of shared) {
      const found = await stat(join(root, path), { bigint: true }).catch(() => undefined);
      if (found !== undefined) inodes.set(path.slice(-64), (inodes.get(path.slice(-64)) ?? new Set()).add(found.ino));
    }
    expect(inodes.size).toBeGreaterThan(0);
    for (const set of inodes.values()) expect(set.size).toBe(1);
  });

  it('takes another name for the project, and another folder', async () => {
    await write(sampleSolution());
    await run({ name: 'mine', directory: 'solutions/mine' });
    expect(JSON.parse(await read('solutions/mine/project.json'))).toEqual({ name: 'mine' });
    expect((await project('solutions/mine')).name).toBe('sample');
    await expect(run({ directory: 'solutions/mine' })).rejects.toThrow('INGOT_GENERATOR_DIRECTORY');
  });

  it('makes a project of a folder, or of an images/ tree alone', async () => {
    const folder = join(root, 'build');
    for (const [path, { content }] of sampleSolution().files) {
      await mkdir(join(folder, dirname(path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }
    await symlink('2.1', join(folder, 'images/server/stable'));
    await run({ source: 'build' });
    expect((await project()).images[1]).toMatchObject({ tag: '2.1', aliases: ['stable'] });
    await run({ source: 'build/images', name: 'bare' });
    expect(await project('bare')).toMatchObject({ name: 'images', version: '0.1.0' });
    expect(told.join('\n')).toContain('there is no manifest.yaml');
  });

  it('says what it could not carry over, and carries the rest', async () => {
    const sample = sampleSolution();
    sample.volumeId = 'MINE';
    put(
      sample,
      'manifest.yaml',
      manifestYaml({
        ...manifestFacts,
        annotations: {
          'solutions.metalk8s.scality.com/build-timestamp': '2020-01-01T00:00:00Z',
          'solutions.metalk8s.scality.com/development-release': '1',
          other: 'kept',
        },
      }),
    );
    edit(sample, 'manifest.yaml', (text) => text.replace('"1.0.0"', '1.0').replace('spec:', 'more: 1\nspec:'));
    const blob = [...sample.files.keys()].find((path) => /server.*[0-9a-f]{64}$/.test(path))!;
    put(sample, blob, 'damaged');
    put(sample, 'operator/deploy/crds/bad.yaml', 'x');
    put(sample, 'docs/package.json', '{}');
    sample.links.set('docs/out', '../../x');
    sample.links.set('docs/role', '../operator/deploy/role.yaml');
    await write(sample);
    await run();
    expect(await project()).toMatchObject({
      version: '1.0.0',
      images: [{ name: 'sample-operator' }],
      annotations: { other: 'kept' },
      developmentRelease: true,
      volumeId: 'MINE',
    });
    const report = told.join('\n');
    for (const part of [
      'the version 1 is none that MetalK8s takes: it is 1.0.0 now',
      'more of manifest.yaml is not carried over',
      'add time to buildInfo',
      'the image server:2.1: its blob',
      'operator/deploy/crds/bad.yaml is not carried over',
      'docs/package.json is not carried over: Nx would take it for a project',
      'docs/out is not carried over: it is a link',
      'docs/role is not carried over: it is a link',
    ]) {
      expect(report).toContain(part);
      expect(await read('sample/README.md')).toContain(part);
    }
  });

  it('leaves nothing where there is nothing to import', async () => {
    await expect(run({ source: 'missing.iso' })).rejects.toThrow('INGOT_IMPORT_SOURCE');
    await writeFile(iso, 'text');
    await expect(run()).rejects.toThrow('INGOT_ISO_NONE');
    const sample = sampleSolution();
    for (const path of sample.files.keys()) if (path.endsWith('manifest.json')) put(sample, path, '{}');
    await write(sample);
    await expect(run()).rejects.toThrow('INGOT_IMPORT_EMPTY');
    await expect(access(join(root, 'sample'))).rejects.toThrow('ENOENT');
  });

  it('leaves no blobs where one changes on the way', async () => {
    await write(sampleSolution());
    const tree = new FsTree(root, false);
    const callback = await importSolution(tree, { source: iso });
    flushChanges(root, tree.listChanges());
    const bytes = await readFile(iso);
    // What comes last in the ISO is a blob or its padding: every gzip header is changed, and nothing else.
    for (let at = bytes.indexOf('1f8b08', 'hex'); at >= 0; at = bytes.indexOf('1f8b08', at + 1, 'hex'))
      bytes[at + 9] = 0x55;
    await writeFile(iso, bytes);
    await expect(callback()).rejects.toMatchObject({ code: 'INGOT_IMPORT_CHANGED' });
    expect((await readdir(join(root, 'sample'))).sort()).not.toContain('vendor');
    expect((await readdir(join(root, 'sample'))).filter((name) => name.startsWith('.import-'))).toEqual([]);
  });
});
