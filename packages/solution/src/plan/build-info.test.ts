import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { buildAnnotations } from './build-info.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-build-info-'));
  vi.stubEnv('SOURCE_DATE_EPOCH', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim();

async function commit(): Promise<void> {
  git('init', '-q');
  await writeFile(join(folder, 'a'), 'a');
  git('add', 'a');
  vi.stubEnv('GIT_COMMITTER_DATE', '2024-02-29T12:00:00Z');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '-qm', 'a');
}

describe('buildAnnotations', () => {
  it('says nothing that was not asked for', async () => {
    expect(await buildAnnotations([], folder)).toEqual({});
  });

  it('takes time and revision from the commit, and the host', async () => {
    await commit();
    const revision = git('describe', '--always', '--long', '--tags', '--dirty');
    expect(await buildAnnotations(['time', 'host', 'revision'], folder)).toEqual({
      'solutions.metalk8s.scality.com/build-timestamp': '2024-02-29T12:00:00Z',
      'solutions.metalk8s.scality.com/build-host': hostname(),
      'solutions.metalk8s.scality.com/git-revision': revision,
    });
    await writeFile(join(folder, 'a'), 'b');
    expect((await buildAnnotations(['revision'], folder))['solutions.metalk8s.scality.com/git-revision']).toMatch(
      /-dirty$/,
    );
  });

  it('prefers SOURCE_DATE_EPOCH to the commit', async () => {
    vi.stubEnv('SOURCE_DATE_EPOCH', '86400');
    expect(await buildAnnotations(['time'], folder)).toEqual({
      'solutions.metalk8s.scality.com/build-timestamp': '1970-01-02T00:00:00Z',
    });
  });

  it('fails where git knows nothing', async () => {
    await expect(buildAnnotations(['revision'], folder)).rejects.toMatchObject({ code: 'INGOT_REVISION' });
  });
});
