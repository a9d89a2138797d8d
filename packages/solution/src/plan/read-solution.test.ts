import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { MemoryStore } from '@ingot/content';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { readSolution } from './read-solution.ts';
import type { SolutionRequest } from './solution-request.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-read-'));
  vi.stubEnv('SOURCE_DATE_EPOCH', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

async function put(name: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, 'p', name)), { recursive: true });
  await writeFile(join(root, 'p', name), text);
}

async function read(text: string, changes: Partial<SolutionRequest> = {}) {
  await put('solution.yaml', `ingot: solution/v1\nname: x\nversion: 1.0.0\nimages:\n  - from: project:tool\n${text}`);
  const descriptor = { mediaType: 'x', digest: `sha256:${'a'.repeat(64)}`, size: 1 };
  const fetcher = Object.assign(new MemoryStore(), { locate: () => Promise.resolve(undefined) });
  return readSolution({
    workspaceRoot: root,
    projectRoot: join(root, 'p'),
    file: 'solution.yaml',
    platform: undefined,
    labels: {},
    open: (source) => Promise.resolve({ root: descriptor, fetcher, name: source.replace(/.*:/, ''), tag: '1' }),
    ...changes,
  });
}

const code = (expected: string) => expect.objectContaining({ code: expected }) as unknown;

describe('readSolution', () => {
  it('fills in what solution.yaml leaves out', async () => {
    const solution = await read('');
    expect(solution).toMatchObject({
      name: 'x',
      volumeId: 'x 1.0.0',
      platform: { os: 'linux', architecture: 'amd64' },
      time: 0,
      labels: {},
      annotations: {},
      tree: [],
      images: [{ name: 'tool', tag: '1', aliases: [], source: 'project:tool', place: { line: 5, column: 5 } }],
    });
    expect(solution).not.toHaveProperty('operator');
  });

  it('lets solution.yaml win over nx.json', async () => {
    const defaults = { platform: 'linux/arm64', labels: { a: '1', b: '1' } };
    expect((await read('', defaults)).platform).toEqual({ os: 'linux', architecture: 'arm64' });
    const solution = await read('platform: linux/s390x\nlabels: { b: "2" }\n', defaults);
    expect(solution.platform).toEqual({ os: 'linux', architecture: 's390x' });
    expect(solution.labels).toEqual({ a: '1', b: '2' });
  });

  it('takes the time of SOURCE_DATE_EPOCH, and refuses one that is none', async () => {
    vi.stubEnv('SOURCE_DATE_EPOCH', '86400');
    expect((await read('')).time).toBe(86400);
    vi.stubEnv('SOURCE_DATE_EPOCH', 'now');
    await expect(read('')).rejects.toEqual(code('INGOT_SOURCE_DATE_EPOCH'));
  });

  it('takes the operator by its name, with its tag', async () => {
    const { operator } = await read(
      '  - { from: oci:img, name: x-operator, tag: 1.10 }\noperator: { image: x-operator }\n',
    );
    expect(operator).toMatchObject({ name: 'x-operator', tag: '1.10' });
  });

  it('records sources of files by their path in the workspace', async () => {
    await put('vendor/tool.tar', '');
    const found = await read('  - { from: "oci-archive:./vendor//tool.tar:1", name: a, tag: a }\n');
    expect(found.images[1]?.source).toBe('oci-archive:p/vendor/tool.tar:1');
  });

  it('puts the operator’s folder and the author’s files where they belong', async () => {
    await put('op/role.yaml', '');
    await put('docs/run.sh', '');
    await chmod(join(root, 'p/docs/run.sh'), 0o755);
    await symlink('run.sh', join(root, 'p/docs/run'));
    const { tree } = await read('operator: { image: tool, deploy: op }\nfiles: [{ from: docs, to: a//b/ }]\n');
    expect(tree).toMatchObject([
      { type: 'file', path: 'operator/deploy/role.yaml', executable: false },
      { type: 'link', path: 'a/b/run', target: 'run.sh' },
      { type: 'file', path: 'a/b/run.sh', executable: true },
    ]);
  });

  it('reads no file of the operator’s folder that is too large to be one', async () => {
    await put('op/crds/a_crd.yaml', '#'.repeat(4 * 1024 * 1024 + 1));
    const failed = read('operator: { image: tool, deploy: op }\n');
    await expect(failed).rejects.toMatchObject({
      code: 'INGOT_FILE_TOO_LARGE',
      message: expect.stringContaining('a_crd.yaml has 4194305 bytes') as string,
      place: { line: 6 },
    });
  });

  it('says all that is wrong at once', async () => {
    const failed = read('volumeId: "x "\nplatform: x\n', { file: 'solution.yaml' });
    await expect(failed).rejects.toMatchObject({ errors: [code('INGOT_VOLUME_ID'), code('INGOT_PLATFORM_SYNTAX')] });
  });

  it('names a solution.yaml that is missing, or another’s', async () => {
    await expect(read('', { file: 'gone.yaml' })).rejects.toEqual(code('INGOT_SOLUTION_FILE'));
    await put('folder/a', '');
    await expect(read('', { file: 'folder' })).rejects.toEqual(code('INGOT_FILE'));
    await put('other.yaml', 'kind: Pod\n');
    await expect(read('', { file: 'other.yaml' })).rejects.toEqual(code('INGOT_SOLUTION_FILE'));
  });
});
