import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../tools/referee.ts';
import { pushWorkspace } from './test/push-workspace.ts';
import type { PushResult } from './push/result.ts';

const run = promisify(execFile);
const shared = pushWorkspace();

describe('push', () => {
  it('brings an image to all its repositories under all its tags, with what is attached, and skopeo reads it', async () => {
    const { code, all } = await shared.workspace.nx(['run', 'app:push']);
    expect(code, all).toBe(0);
    const result = await shared.workspace.json<PushResult>('app/dist/push.json');
    const { digest } = await shared.workspace.json<{ digest: string }>('app/dist/image.json');
    expect(result.references[0]).toMatchObject({ reference: `${shared.debian.host}/team/app:0.1.0`, digest });
    const named = result.references.filter(({ attachedTo }) => attachedTo === undefined);
    expect(named.map(({ reference }) => reference)).toEqual(
      ['app', 'copy'].flatMap((name) => ['0.1.0', 'latest'].map((tag) => `${shared.debian.host}/team/${name}:${tag}`)),
    );
    for (const { reference } of named) {
      const inspected = await run(referee('skopeo'), ['inspect', '--tls-verify=false', `docker://${reference}`]);
      expect(JSON.parse(inspected.stdout)).toMatchObject({ Digest: digest });
    }
    // The second repository takes everything over from the first.
    expect(result.mounted.blobs).toBeGreaterThanOrEqual(3);
    // docker-registry 2.8 has no referrers API: the tag of the specification's fallback lists what is attached.
    const tag = digest.replace(':', '-');
    const raw = ['inspect', '--tls-verify=false', '--raw', `docker://${shared.debian.host}/team/app:${tag}`];
    const referrers = JSON.parse((await run(referee('skopeo'), raw)).stdout) as { manifests: object[] };
    expect(referrers.manifests).toMatchObject([{ artifactType: 'build/log' }]);
  });

  it('sends nothing the second time', async () => {
    const again = await shared.workspace.nx(['run', 'app:push']);
    expect(again).toMatchObject({ code: 0 });
    expect((await shared.workspace.json<PushResult>('app/dist/push.json')).sent).toEqual({ blobs: 0, bytes: 0 });
  });

  it('is no target of a project that names no repository', async () => {
    const { targets } = JSON.parse((await shared.workspace.nx(['show', 'project', 'base', '--json'])).stdout) as {
      targets: object;
    };
    expect(Object.keys(targets)).toEqual(['image', 'export', 'reproduce']);
  });
});

describe('preflight', () => {
  it('asks the registry and builds nothing', async () => {
    const { code, all } = await shared.workspace.nx(['run', 'app:preflight']);
    expect(code, all).toBe(0);
    expect(all).toContain(`${shared.debian.host}/team/app  may be pushed to`);
    expect(all).not.toContain('app:image');
  });
});

describe('nx release', () => {
  it('reads and writes the version of a project file', async () => {
    const { code, all } = await shared.workspace.nx([
      'release',
      'version',
      '1.1.0',
      '--git-commit=false',
      '--git-tag=false',
      '--stage-changes=false',
    ]);
    expect(code, all).toBe(0);
    expect(await shared.workspace.read('leaf-2/image.yaml')).toMatch(/^version: 1\.1\.0$/m);
    expect(await shared.workspace.read('leaf-3/image.yaml')).toMatch(/^version: 0\.1\.0$/m);
  });
});
