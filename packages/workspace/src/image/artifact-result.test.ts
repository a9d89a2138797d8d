import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutorContext } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactOutput, projectArtifact, type ArtifactResult } from './artifact-result.ts';

let root: string;
let context: ExecutorContext;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-artifact-result-'));
  const project = (name: string, targets: object) => ({ name, type: 'app', data: { root: `apps/${name}`, targets } });
  const nodes = {
    disks: project('disks', { artifact: { executor: '@ingot/oci:artifact' } }),
    moved: project('moved', { oci: { executor: '@ingot/oci:artifact', options: { outputPath: 'out/artifact' } } }),
    app: project('app', { image: { executor: '@ingot/oci:image' } }),
  };
  context = { root, projectGraph: { nodes } } as unknown as ExecutorContext;
});
afterEach(() => rm(root, { recursive: true }));

const blob = { mediaType: 'application/octet-stream', digest: `sha256:${'0'.repeat(64)}`, size: 1 };
const made: ArtifactResult = {
  ingot: 'artifact-result/v1',
  name: 'disks',
  version: '1.0.0',
  roots: [{ ...blob, suffix: '', role: 'index' }],
  files: [{ ...blob, title: 'a', role: 'disk', manifest: blob.digest, disktype: 'raw', platform: 'linux/amd64' }],
  imagePullSecret: 'pull',
};

async function write(file: string, value: unknown): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), typeof value === 'string' ? value : JSON.stringify(value));
}

const place = { file: '/w/artifact.yaml', line: 7, column: 5 };

describe('artifactOutput', () => {
  it('lies in the project, or where the option says', () => {
    expect(artifactOutput('/w', 'apps/x', {})).toEqual({
      layoutDir: '/w/apps/x/dist/artifact',
      resultFile: '/w/apps/x/dist/artifact.json',
    });
    expect(artifactOutput('/w', 'a', { outputPath: '{workspaceRoot}/out/artifact' }).layoutDir).toBe('/w/out/artifact');
  });
});

describe('projectArtifact', () => {
  it('finds what a project has made, by the executor, whatever the target is called', async () => {
    await write('apps/disks/dist/artifact.json', made);
    await write('out/artifact.json', { ...made, name: 'moved' });
    expect(await projectArtifact(context, 'disks')).toMatchObject({
      result: made,
      targetName: 'artifact',
      layoutDir: join(root, 'apps/disks/dist/artifact'),
    });
    expect(await projectArtifact(context, 'moved')).toMatchObject({ targetName: 'oci', result: { name: 'moved' } });
  });
  it('says at its place that there is no such project, or none that makes an artifact', async () => {
    await expect(projectArtifact(context, 'disk', { place })).rejects.toMatchObject({
      code: 'INGOT_PROJECT_UNKNOWN',
      place,
    });
    await expect(projectArtifact(context, 'app', { place })).rejects.toMatchObject({
      code: 'INGOT_PROJECT_NO_ARTIFACT',
      place,
    });
  });
  it('says what to run where it is not built', async () => {
    await expect(projectArtifact(context, 'disks')).rejects.toMatchObject({
      code: 'INGOT_ARTIFACT_NOT_BUILT',
      help: 'run `nx run disks:artifact`',
    });
  });
  it.each([
    '{',
    'null',
    '[]',
    { ...made, ingot: 'artifact-result/v2' },
    { ...made, roots: [] },
    { ...made, roots: [{ ...blob, suffix: '' }] },
    { ...made, files: [null] },
    { ...made, files: [{ ...made.files[0], size: '1' }] },
    { ...made, files: undefined },
    { ...made, version: 1 },
    { ...made, imagePullSecret: 1 },
  ])('refuses the result %j', async (value) => {
    await write('apps/disks/dist/artifact.json', value);
    await expect(projectArtifact(context, 'disks')).rejects.toMatchObject({ code: 'INGOT_ARTIFACT_RESULT' });
  });
});
