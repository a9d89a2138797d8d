import { readdir, rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../../tools/nx-workspace.ts';
import type { ReproduceReport } from '@ingot/workspace/reproduce';

const image = (name: string, file: string) =>
  `ingot: image/v1\nname: ${name}\nversion: 1.0.0\nlayers:\n  - files: [{ from: ${file}, to: /${file} }]\n`;

const solution = (name: string) => `ingot: solution/v1
name: ${name}
version: 1.0.0
images:
  - { from: project:${name}-tool }
files:
  - { from: docs, to: docs }
`;

/** Two Solutions, the second with an image whose file is another one at each build. */
const files = {
  'good/solution.yaml': solution('good'),
  'good/docs/a.txt': 'a',
  'good-tool/image.yaml': image('good-tool', 'tool.txt'),
  'good-tool/tool.txt': 'tool',
  'bad/solution.yaml': solution('bad'),
  'bad/docs/a.txt': 'a',
  'bad-tool/image.yaml': image('bad-tool', 'dist/tool.txt'),
  'bad-tool/project.json': {
    name: 'bad-tool',
    targets: {
      build: {
        executor: 'nx:run-commands',
        outputs: ['{projectRoot}/dist/tool.txt'],
        options: { command: 'mkdir -p bad-tool/dist && date +%s%N > bad-tool/dist/tool.txt' },
      },
    },
  },
};

let workspace: NxWorkspace;
beforeAll(async () => {
  const nxJson = { plugins: ['@ingot/oci/plugin', '@ingot/solution/plugin'] };
  workspace = await NxWorkspace.create({ nxJson, files });
});
afterAll(() => workspace?.remove());

const report = (project: string) => workspace.json<ReproduceReport>(`${project}/dist/reproduce.json`);

describe('reproduce', () => {
  it('builds an image twice, and finds it the same', async () => {
    const { code, all } = await workspace.nx(['run', 'good-tool:reproduce']);
    expect(code, all).toBe(0);
    expect(all).toContain('good-tool:image, built twice: the same');
    expect(await report('good-tool')).toMatchObject({
      reproducible: true,
      outputs: ['good-tool/dist/image', 'good-tool/dist/image.json'],
    });
  });

  it('packs an ISO twice, and finds it the same', async () => {
    const { code, all } = await workspace.nx(['run', 'good:reproduce']);
    expect(code, all).toBe(0);
    expect((await report('good')).outputs).toContain('good/dist/good-1.0.0.iso');
  });

  it('names the layer, the entry and the line that differ', async () => {
    const { code, all } = await workspace.nx(['run', 'bad-tool:reproduce']);
    expect(code, all).not.toBe(0);
    const layer =
      'bad-tool/dist/image › index.json: manifest 0 (1.0.0) › layer 0 › gzip content › dist/tool.txt › line 1';
    expect(all).toContain(layer);
    expect((await report('bad-tool')).reproducible).toBe(false);
  });

  it('names the entry of the ISO that differs, and takes options', async () => {
    const { code, all } = await workspace.nx([
      'run',
      'bad:reproduce',
      '--otherUser=false',
      '--keep',
      '--outputs={projectRoot}/dist/*.iso',
    ]);
    expect(code, all).not.toBe(0);
    expect(all).toMatch(/bad\/dist\/bad-1\.0\.0\.iso › images\/bad-tool\/1\.0\.0\/\w+/);
    const [, kept = ''] = /^the builds are in (.*)$/m.exec(all) ?? [];
    expect((await readdir(kept)).sort()).toEqual(['1', '2']);
    await rm(kept, { recursive: true });
    const { builds, outputs } = await report('bad');
    expect(outputs).toEqual(['bad/dist/bad-1.0.0.iso']);
    expect(builds[0]!.user).toBe(builds[1]!.user);
  });

  it('says which build fails, with its last lines', async () => {
    await workspace.write({ 'bad/solution.yaml': `${solution('bad')}nonsense: true\n` });
    const { code, all } = await workspace.nx(['run', 'bad:reproduce']);
    expect(code).not.toBe(0);
    expect(all).toMatch(/bad\/dist\/reproduce\.log {2}INGOT_REPRODUCE_BUILD {2}the first build of bad:pack fails/);
    expect(all).toContain('INGOT_FILE_KEY_UNKNOWN');
  });
});
