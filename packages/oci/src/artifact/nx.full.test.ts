import { readFile, rm } from 'node:fs/promises';
import { digestOf } from '@ingot/content';
import type { ArtifactResult } from '@ingot/workspace';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../../tools/nx-workspace.ts';

const maker = {
  name: 'maker',
  targets: {
    pack: {
      executor: 'nx:run-commands',
      cache: true,
      inputs: ['{projectRoot}/*.txt'],
      outputs: ['{projectRoot}/dist'],
      options: { command: 'rm -rf maker/dist && mkdir maker/dist && cp maker/main.txt "maker/dist/x-1.0.iso"' },
    },
  },
};

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({
    packages: ['oci'],
    files: {
      'maker/project.json': maker,
      'maker/main.txt': 'one',
      'iso/artifact.yaml':
        'ingot: artifact/v1\nname: iso\nversion: 1.0.0\nfiles:\n  - { project: maker, target: pack, from: dist/*.iso }\n  - { from: notes.txt }\n',
      'iso/image.yaml':
        'ingot: image/v1\nname: site\nversion: 1.0.0\nlayers:\n  - files: [{ from: notes.txt, to: /notes.txt }]\n',
      'iso/notes.txt': 'notes',
      'lost/artifact.yaml':
        'ingot: artifact/v1\nname: lost\nversion: 1.0.0\nfiles: [{ project: makr, target: pack, from: dist/a }]\n',
    },
  });
});
afterAll(() => workspace?.remove());

const result = () => workspace.json<ArtifactResult>('iso/dist/artifact.json');
const run = () => workspace.nx(['run', 'site:artifact', '--outputStyle=static']);

describe('artifacts in an Nx workspace', () => {
  it('are made after the files that they have of other projects', async () => {
    const made = await run();
    expect(made.code, made.all).toBe(0);
    expect(made.all).toMatch(/iso:1\.0\.0 {2}sha256:\w{64}\n {2}x-1\.0\.iso {2}3 B\n {2}notes\.txt {2}5 B\n/);
    const { roots, files } = await result();
    expect(files.map(({ title }) => title)).toEqual(['x-1.0.iso', 'notes.txt']);
    const blob = workspace.path('iso/dist/artifact/blobs/sha256', roots[0]!.digest.slice(7));
    expect(digestOf(await readFile(blob))).toBe(roots[0]!.digest);
  });

  it('are a cache hit where nothing changed, and restored whole', async () => {
    const before = await result();
    await rm(workspace.path('iso/dist'), { recursive: true });
    const again = await run();
    expect(again.all).toContain('nx run site:artifact  [local cache]');
    expect(await result()).toEqual(before);
  });

  it('are made anew where the output of the other project, or a file, is another', async () => {
    const before = await result();
    await workspace.write({ 'maker/main.txt': 'two' });
    expect((await run()).code).toBe(0);
    const other = await result();
    expect(other.files[0]!.digest).toBe(digestOf(Buffer.from('two')));
    expect(other.files[1]).toEqual({ ...before.files[1], manifest: other.roots[0]!.digest });

    await workspace.write({ 'iso/notes.txt': 'other notes' });
    expect((await run()).code).toBe(0);
    expect((await result()).files[1]!.digest).toBe(digestOf(Buffer.from('other notes')));
  });

  it('stay a cache hit where the other project makes the same again', async () => {
    await workspace.write({ 'maker/other.txt': 'of no account' });
    const again = await run();
    expect(again.code, again.all).toBe(0);
    expect(again.all).toMatch(/nx run maker:pack\n/);
    expect(again.all).toMatch(/nx run site:artifact {2}\[/);
  });

  it('are affected by the projects that they have files of', async () => {
    const affected = await workspace.nx(['show', 'projects', '--affected', '--files=maker/main.txt']);
    expect(affected.stdout.trim().split('\n').sort()).toEqual(['maker', 'site']);
  });

  it('and images do not get in each other’s way in one folder', async () => {
    const both = await workspace.nx(['run-many', '-t', 'image,artifact', '-p', 'site']);
    expect(both.code, both.all).toBe(0);
    expect(await workspace.json('iso/dist/image.json')).toMatchObject({ name: 'site' });
  });

  it('say what is wrong at its place', async () => {
    const lost = await workspace.nx(['run', 'lost:artifact']);
    expect(lost.code).not.toBe(0);
    expect(lost.all).toContain(
      'lost/artifact.yaml:4:11  INGOT_PROJECT_UNKNOWN  no project "makr"; did you mean "maker"?',
    );
  });
});
