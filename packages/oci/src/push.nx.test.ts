import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../tools/nx-workspace.ts';
import { referee } from '../../../tools/referee.ts';
import { DockerRegistry } from '../../../tools/registry/docker-registry.ts';
import { OciRegistry } from '../../../tools/registry/oci-registry.ts';
import type { PushResult } from './push/result.ts';

const run = promisify(execFile);
const leaves = Array.from({ length: 6 }, (_, i) => `leaf-${i}`);

const image = (name: string, from: string, more: string) =>
  `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\nlayers:\n  - files: [{ from: www, to: /www }]\n${more}`;

let debian: DockerRegistry;
let modern: OciRegistry;
let workspace: NxWorkspace;

beforeAll(async () => {
  [debian, modern] = await Promise.all([DockerRegistry.start(), OciRegistry.start()]);
  const attach = 'attach:\n  - { artifactType: build/log, files: [{ from: build.log, target: log }] }\n';
  workspace = await NxWorkspace.create({
    packages: ['oci'],
    nxJson: {
      plugins: [{ plugin: '@ingot/oci/plugin', options: { registry: debian.host } }],
      release: { projects: ['leaf-2'] },
    },
    files: {
      'base/image.yaml': image('base', 'scratch', ''),
      'base/www/base.bin': 'base '.repeat(300_000),
      'app/image.yaml': image(
        'app',
        'project:base',
        `repository: [team/app, team/copy]\ntags: ["{version}", latest]\n${attach}`,
      ),
      'app/www/index.html': 'app',
      'app/project.json': {
        name: 'app',
        targets: { log: { command: 'echo built > app/build.log', outputs: ['{projectRoot}/build.log'], cache: true } },
      },
      'disks/artifact.yaml': `ingot: artifact/v1\nname: notes\nversion: 1.0.0\nfiles: [{ from: notes.txt }]\nrepository: ${modern.host}/notes\n`,
      'disks/notes.txt': 'notes',
      ...Object.fromEntries(
        leaves.flatMap((name) => [
          [`${name}/image.yaml`, image(name, 'project:base', `repository: ${modern.host}/leaves/${name}\n`)],
          [`${name}/www/index.html`, name],
        ]),
      ),
    },
  });
});
afterAll(async () => {
  await workspace?.remove();
  await debian?.[Symbol.asyncDispose]();
  await modern?.[Symbol.asyncDispose]();
});

describe('push', () => {
  it('brings an image to all its repositories under all its tags, with what is attached, and skopeo reads it', async () => {
    const { code, all } = await workspace.nx(['run', 'app:push']);
    expect(code, all).toBe(0);
    const result = await workspace.json<PushResult>('app/dist/push.json');
    const { digest } = await workspace.json<{ digest: string }>('app/dist/image.json');
    expect(result.references[0]).toMatchObject({ reference: `${debian.host}/team/app:0.1.0`, digest });
    const named = result.references.filter(({ attachedTo }) => attachedTo === undefined);
    expect(named.map(({ reference }) => reference)).toEqual(
      ['app', 'copy'].flatMap((name) => ['0.1.0', 'latest'].map((tag) => `${debian.host}/team/${name}:${tag}`)),
    );
    for (const { reference } of named) {
      const inspected = await run(referee('skopeo'), ['inspect', '--tls-verify=false', `docker://${reference}`]);
      expect(JSON.parse(inspected.stdout)).toMatchObject({ Digest: digest });
    }
    // The second repository takes everything over from the first.
    expect(result.mounted.blobs).toBeGreaterThanOrEqual(3);
    // docker-registry 2.8 has no referrers API: the tag of the specification's fallback lists what is attached.
    const tag = digest.replace(':', '-');
    const raw = ['inspect', '--tls-verify=false', '--raw', `docker://${debian.host}/team/app:${tag}`];
    const referrers = JSON.parse((await run(referee('skopeo'), raw)).stdout) as { manifests: object[] };
    expect(referrers.manifests).toMatchObject([{ artifactType: 'build/log' }]);
  });

  it('sends nothing the second time', async () => {
    const again = await workspace.nx(['run', 'app:push']);
    expect(again).toMatchObject({ code: 0 });
    expect((await workspace.json<PushResult>('app/dist/push.json')).sent).toEqual({ blobs: 0, bytes: 0 });
  });

  it('asks no more than five times for an image that is there', async () => {
    await workspace.nx(['run', 'disks:push']);
    modern.requests.length = 0;
    await workspace.nx(['run', 'disks:push']);
    expect(modern.requests.length).toBeLessThanOrEqual(5);
    expect(modern.requests.every(({ method }) => method === 'HEAD')).toBe(true);
  });

  it('says beforehand what would go and what is there, and sends nothing', async () => {
    modern.requests.length = 0;
    const { code, all } = await workspace.nx(['run', 'leaf-0:push', '--dryRun']);
    expect(code, all).toBe(0);
    expect(all).toMatch(/would go {2}sha256:[0-9a-f]{64}/);
    expect(all).toMatch(/tag 0\.1\.0: would be new/);
    expect(modern.requests.every(({ method }) => method === 'HEAD' || method === 'GET')).toBe(true);
    const there = await workspace.nx(['run', 'app:push', '--dryRun']);
    expect(there.all).toContain('nothing to send');
    expect(there.all).toContain('tag latest: names it already');
  });

  it('says where the image is already when one of its repositories fails', async () => {
    await using closed = await OciRegistry.start({ auth: 'basic' });
    const repositories = `repository: [${modern.host}/first, ${closed.host}/second]\n`;
    await workspace.write({ 'leaf-5/image.yaml': image('leaf-5', 'project:base', repositories) });
    const { code, all } = await workspace.nx(['run', 'leaf-5:push']);
    expect(code, all).not.toBe(0);
    expect(all).toMatch(/leaf-5\/image\.yaml:7:\d+ {2}INGOT_REGISTRY_LOGIN/);
    expect(all).toContain(`pushed before it failed: ${modern.host}/first:0.1.0`);
  });

  it('is no target of a project that names no repository', async () => {
    const { targets } = JSON.parse((await workspace.nx(['show', 'project', 'base', '--json'])).stdout) as {
      targets: object;
    };
    expect(Object.keys(targets)).toEqual(['image', 'export']);
  });
});

describe('preflight', () => {
  it('asks the registry and builds nothing', async () => {
    const { code, all } = await workspace.nx(['run', 'app:preflight']);
    expect(code, all).toBe(0);
    expect(all).toContain(`${debian.host}/team/app  may be pushed to`);
    expect(all).not.toContain('app:image');
  });

  it('tells a login that is missing from one that is not enough', async () => {
    await using closed = await OciRegistry.start({
      auth: 'basic',
      users: { reader: 'r3ad-secret' },
      allow: (_user, _repository, action) => action === 'pull',
    });
    const to = {
      [`leaf-1/image.yaml`]: image('leaf-1', 'project:base', `repository: [${closed.host}/x, ${closed.host}/y]\n`),
    };
    await workspace.write(to);
    const missing = await workspace.nx(['run', 'leaf-1:preflight'], { HOME: workspace.path('.nobody') });
    expect(missing.all).toMatch(/leaf-1\/image\.yaml:7:\d+ {2}INGOT_REGISTRY_LOGIN/);
    for (const name of ['x', 'y']) expect(missing.all).toContain(`wants a login to push to ${closed.host}/${name}`);
    const auth = Buffer.from('reader:r3ad-secret').toString('base64');
    await workspace.write({ 'auth.json': { auths: { [closed.host]: { auth } } } });
    const denied = await workspace.nx(['run', 'leaf-1:preflight'], { REGISTRY_AUTH_FILE: workspace.path('auth.json') });
    expect(denied.all).toMatch(/INGOT_REGISTRY_DENIED/);
    expect(denied.all).toContain('reader');
    for (const { all } of [missing, denied]) expect(all).not.toMatch(new RegExp(`r3ad-secret|${auth}`));
  });
});

describe('nx release', () => {
  it('reads and writes the version of a project file', async () => {
    const { code, all } = await workspace.nx([
      'release',
      'version',
      '1.1.0',
      '--git-commit=false',
      '--git-tag=false',
      '--stage-changes=false',
    ]);
    expect(code, all).toBe(0);
    expect(await workspace.read('leaf-2/image.yaml')).toMatch(/^version: 1\.1\.0$/m);
    expect(await workspace.read('leaf-3/image.yaml')).toMatch(/^version: 0\.1\.0$/m);
  });
});

describe('nx-release-publish', () => {
  /** What `nx release` does after it has made a version: programs that release do the same. */
  const publish = (newVersion: string, dryRun: boolean) => {
    const options = { projects: ['leaf-2'], tag: 'next', dryRun, versionData: { 'leaf-2': { newVersion } } };
    return workspace.node(['publish.mjs', JSON.stringify(options)]);
  };
  const tags = () => [...modern.repository('leaves/leaf-2').tags].filter(([tag]) => tag !== '0.1.0').sort();

  beforeAll(async () => {
    await workspace.nx(['run', 'leaf-2:image']);
    await workspace.write({
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
    const { digest } = await workspace.json<{ digest: string }>('leaf-2/dist/image.json');
    expect(tags()).toEqual([
      ['2.0.0', digest],
      ['next', digest],
    ]);
  });
});
