import { beforeAll, describe, expect, it } from 'vitest';
import { OciRegistry } from '../../../tools/registry/oci-registry.ts';
import { imageYaml, pushWorkspace } from './test/push-workspace.ts';

const shared = pushWorkspace();

describe('push', () => {
  it('asks no more than five times for an image that is there', async () => {
    await shared.workspace.nx(['run', 'disks:push']);
    shared.modern.requests.length = 0;
    await shared.workspace.nx(['run', 'disks:push']);
    expect(shared.modern.requests.length).toBeLessThanOrEqual(5);
    expect(shared.modern.requests.every(({ method }) => method === 'HEAD')).toBe(true);
  });

  it('says beforehand what would go and what is there, and sends nothing', async () => {
    shared.modern.requests.length = 0;
    const { code, all } = await shared.workspace.nx(['run', 'leaf-0:push', '--dryRun']);
    expect(code, all).toBe(0);
    expect(all).toMatch(/would go {2}sha256:[0-9a-f]{64}/);
    expect(all).toMatch(/tag 0\.1\.0: would be new/);
    expect(shared.modern.requests.every(({ method }) => method === 'HEAD' || method === 'GET')).toBe(true);
    expect((await shared.workspace.nx(['run', 'app:push'])).code).toBe(0);
    const there = await shared.workspace.nx(['run', 'app:push', '--dryRun']);
    expect(there.all).toContain('nothing to send');
    expect(there.all).toContain('tag latest: names it already');
  });

  it('says where the image is already when one of its repositories fails', async () => {
    await using closed = await OciRegistry.start({ auth: 'basic' });
    const repositories = `repository: [${shared.modern.host}/first, ${closed.host}/second]\n`;
    await shared.workspace.write({ 'leaf-5/image.yaml': imageYaml('leaf-5', 'project:base', repositories) });
    const { code, all } = await shared.workspace.nx(['run', 'leaf-5:push']);
    expect(code, all).not.toBe(0);
    expect(all).toMatch(/leaf-5\/image\.yaml:7:\d+ {2}INGOT_REGISTRY_LOGIN/);
    expect(all).toContain(`pushed before it failed: ${shared.modern.host}/first:0.1.0`);
  });
});

describe('preflight', () => {
  it('tells a login that is missing from one that is not enough', async () => {
    await using closed = await OciRegistry.start({
      auth: 'basic',
      users: { reader: 'r3ad-secret' },
      allow: (_user, _repository, action) => action === 'pull',
    });
    const to = {
      [`leaf-1/image.yaml`]: imageYaml('leaf-1', 'project:base', `repository: [${closed.host}/x, ${closed.host}/y]\n`),
    };
    await shared.workspace.write(to);
    const missing = await shared.workspace.nx(['run', 'leaf-1:preflight'], { HOME: shared.workspace.path('.nobody') });
    expect(missing.all).toMatch(/leaf-1\/image\.yaml:7:\d+ {2}INGOT_REGISTRY_LOGIN/);
    for (const name of ['x', 'y']) expect(missing.all).toContain(`wants a login to push to ${closed.host}/${name}`);
    const auth = Buffer.from('reader:r3ad-secret').toString('base64');
    await shared.workspace.write({ 'auth.json': { auths: { [closed.host]: { auth } } } });
    const denied = await shared.workspace.nx(['run', 'leaf-1:preflight'], {
      REGISTRY_AUTH_FILE: shared.workspace.path('auth.json'),
    });
    expect(denied.all).toMatch(/INGOT_REGISTRY_DENIED/);
    expect(denied.all).toContain('reader');
    for (const { all } of [missing, denied]) expect(all).not.toMatch(new RegExp(`r3ad-secret|${auth}`));
  });
});

describe('nx-release-publish', () => {
  /** What `nx release` does after it has made a version: programs that release do the same. */
  const publish = (newVersion: string, dryRun: boolean) => {
    const options = { projects: ['leaf-2'], tag: 'next', dryRun, versionData: { 'leaf-2': { newVersion } } };
    return shared.workspace.node(['publish.mjs', JSON.stringify(options)]);
  };
  const tags = () => [...shared.modern.repository('leaves/leaf-2').tags].filter(([tag]) => tag !== '0.1.0').sort();

  beforeAll(async () => {
    await shared.workspace.nx(['run', 'leaf-2:image']);
    await shared.workspace.write({
      'publish.mjs': `import { releasePublish } from 'nx/release/index.js';
const results = await releasePublish(JSON.parse(process.argv[2]));
process.exitCode = Object.values(results).every(({ code }) => code === 0) ? 0 : 1;
`,
    });
  });

  it('pushes nothing in a dry run', async () => {
    const { code, all } = await publish('2.0.0', true);
    expect(code, all).toBe(0);
    expect(all).toContain('tag 2.0.0: would be new');
    expect(tags()).toEqual([]);
  });

  it('pushes by digest, under the version of the release', async () => {
    const { code, all } = await publish('2.0.0', false);
    expect(code, all).toBe(0);
    const { digest } = await shared.workspace.json<{ digest: string }>('leaf-2/dist/image.json');
    expect(tags()).toEqual([
      ['2.0.0', digest],
      ['next', digest],
    ]);
  });
});
