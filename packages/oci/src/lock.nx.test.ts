import { assembleImage, assembleIndex, copy, createLayer, MemoryStore, readBlob } from '@ingot/content';
import { openRegistries } from '@ingot/registry';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../tools/nx-workspace.ts';
import { OciRegistry } from '../../../tools/registry/oci-registry.ts';

const amd64 = { os: 'linux', architecture: 'amd64' };
const arm64 = { os: 'linux', architecture: 'arm64' };

/** An index of two platforms with a layer each, under these tags. */
async function pushBase(host: string, repository: string, says: string, ...tags: string[]): Promise<string> {
  const memory = new MemoryStore();
  const images = [];
  for (const platform of [amd64, arm64]) {
    const content = Buffer.from(`${says} ${platform.architecture}\n`.repeat(2000));
    const file = {
      path: 'base.txt',
      type: 'file',
      mode: 0o644,
      uid: 0,
      gid: 0,
      size: content.length,
      content,
    } as const;
    const layer = await createLayer([file], { mtime: 0 }, memory);
    const { descriptor } = await assembleImage({ layers: [layer], platform, created: 0 }, memory);
    images.push({ descriptor, platform });
  }
  const root = await assembleIndex(images, {}, memory);
  const registries = openRegistries({ env: {} });
  const remote = registries.repository(`${host}/${repository}`);
  await copy(root, memory, remote);
  for (const tag of tags) await remote.tag(root, await readBlob(memory, root), tag);
  await registries.close();
  return root.digest;
}

let registry: OciRegistry;
let workspace: NxWorkspace;
let pinned: Record<'one' | 'two', string>;

const image = (name: string, from: string, more = '') =>
  `ingot: image/v1\nname: ${name}\nversion: 0.1.0\nfrom: ${from}\nlayers:\n  - files: [{ from: www, to: /www }]\n${more}`;

beforeAll(async () => {
  registry = await OciRegistry.start();
  const { host } = registry;
  pinned = {
    one: await pushBase(host, 'base/one', 'first', '1.0'),
    two: await pushBase(host, 'base/two', 'second', '2.0'),
  };
  workspace = await NxWorkspace.create({
    packages: ['oci'],
    files: {
      'one/image.yaml': image('one', `docker://${host}/base/one:1.0`, `repository: ${host}/apps/one\n`),
      'one/www/index.html': 'one',
      'two/image.yaml': image('two', `docker://${host}/base/two:2.0`),
      'two/www/index.html': 'two',
      'fixed/image.yaml': image('fixed', `docker://${host}/base/one@${pinned.one}`),
      'fixed/www/index.html': 'fixed',
      'none/image.yaml': image('none', 'scratch'),
      'none/www/index.html': 'none',
      'upon/image.yaml': image('upon', 'project:one', `repository: ${host}/apps/upon\n`),
      'upon/www/index.html': 'upon',
    },
  });
});
afterAll(async () => {
  await workspace?.remove();
  await registry?.[Symbol.asyncDispose]();
});

const blobsFetched = () =>
  registry.requests.filter(({ method, path }) => method === 'GET' && path.includes('/blobs/')).length;

describe('ingot.lock', () => {
  it('is asked for by the command that writes it', async () => {
    const { code, all } = await workspace.nx(['run', 'one:image']);
    expect(code).not.toBe(0);
    expect(all).toMatch(
      /one\/image\.yaml:4:1 {2}INGOT_LOCK_MISSING {2}docker:\/\/localhost:\d+\/base\/one:1\.0 is not in/,
    );
    expect(all).toContain('nx g @ingot/oci:lock');
  });

  it('is written for all sources, and changes nothing where nothing has changed', async () => {
    const { code, all } = await workspace.nx(['g', '@ingot/oci:lock']);
    expect(code, all).toBe(0);
    const text = await workspace.read('ingot.lock');
    expect(text).toContain(`image: ${registry.host}/base/one:1.0@${pinned.one}`);
    expect(text).toContain(`image: ${registry.host}/base/two:2.0@${pinned.two}`);
    expect(text).toMatch(/linux\/amd64: \{.*\}\n\s+linux\/arm64: \{/);
    registry.requests.length = 0;
    await workspace.nx(['g', '@ingot/oci:lock']);
    expect(await workspace.read('ingot.lock')).toBe(text);
    expect(registry.lines).toEqual([]);
  });

  it('lets an image be built of its base’s manifests and config alone, and read no network the next time', async () => {
    registry.requests.length = 0;
    const built = await workspace.nx(['run', 'upon:image']);
    expect(built).toMatchObject({ code: 0 });
    expect(registry.lines.filter((line) => line.startsWith('GET')).sort()).toEqual([
      expect.stringMatching(/^GET 200 \/v2\/base\/one\/blobs\/sha256:/),
      expect.stringMatching(/^GET 200 \/v2\/base\/one\/manifests\/sha256:/),
      expect.stringMatching(/^GET 200 \/v2\/base\/one\/manifests\/sha256:/),
    ]);
    const result = await workspace.json<{ inherited: { source: string }[] }>('one/dist/image.json');
    expect(result.inherited.map(({ source }) => source)).toEqual([
      `docker://${registry.host}/base/one:1.0@${pinned.one}`,
    ]);
    registry.requests.length = 0;
    const again = await workspace.nx(['run', 'upon:image', '--skip-nx-cache'], { INGOT_OFFLINE: '1' });
    expect(again).toMatchObject({ code: 0 });
    expect(registry.lines).toEqual([]);
  });

  it('is not needed for a digest, which the store knows the next time as well', async () => {
    expect(await workspace.nx(['run', 'fixed:image'])).toMatchObject({ code: 0 });
    registry.requests.length = 0;
    const again = await workspace.nx(['run', 'fixed:image', '--skip-nx-cache'], { INGOT_OFFLINE: '1' });
    expect({ code: again.code, all: again.all }).toMatchObject({ code: 0 });
    expect(registry.lines).toEqual([]);
  });

  it('fails offline with the name of what is missing', async () => {
    const offline = { INGOT_OFFLINE: '1', INGOT_STORE: workspace.path('.other-store') };
    registry.requests.length = 0;
    const { code, all } = await workspace.nx(['run', 'two:image'], offline);
    expect(code).not.toBe(0);
    expect(all).toMatch(/INGOT_OFFLINE/);
    expect(all).toContain(pinned.two);
    expect(registry.lines).toEqual([]);
  });

  it('takes the layers over from where they are in the same registry: no byte of the base travels', async () => {
    registry.requests.length = 0;
    const pushed = await workspace.nx(['run', 'upon:push']);
    expect({ code: pushed.code, all: pushed.all }).toMatchObject({ code: 0 });
    expect(pushed.all).toMatch(/mounted .* in 1/);
    const layer = (await workspace.json<{ inherited: { digest: string }[] }>('one/dist/image.json')).inherited[0]!
      .digest;
    const sent = registry.requests.filter(
      ({ method, path }) => method === 'PUT' && path.includes(encodeURIComponent(layer)),
    );
    expect(sent).toEqual([]);
    expect(registry.repository('apps/upon').blobs.has(layer)).toBe(true);
  });

  it('rebuilds those alone whose entry changes, and shows the file to nx affected', async () => {
    await workspace.nx(['run-many', '-t', 'image']);
    const now = await pushBase(registry.host, 'base/two', 'third', '2.0');
    const { all } = await workspace.nx(['g', '@ingot/oci:lock', '--update', 'two*']);
    expect(all).toContain(`~ ${registry.host}/base/two:2.0  ${pinned.two} → ${now}`);
    expect(await workspace.read('ingot.lock')).toContain(`/base/one:1.0@${pinned.one}`);
    const built = await workspace.nx(['run-many', '-t', 'image', '--output-style=static', '--verbose']);
    const cached = [...built.all.matchAll(/nx run (\w+):image.*\[local cache\]|existing outputs match.*?(\w+):image/g)];
    expect(built.all).toMatch(/two:0\.1\.0/);
    expect(cached.map((found) => found[1]).sort()).toEqual(['fixed', 'none', 'one', 'upon']);

    const affected = await workspace.nx(['show', 'projects', '--affected', '--files=ingot.lock']);
    expect(affected.stdout.trim().split('\n').sort()).toEqual(['one', 'two', 'upon']);
  });

  it('is completed by the generator where Renovate has changed a digest alone', async () => {
    const whole = await workspace.read('ingot.lock');
    await workspace.write({
      'ingot.lock': whole.replaceAll(new RegExp(`(root:.*)${pinned.one}`, 'g'), `$1${pinned.two}`),
    });
    await pushBase(registry.host, 'base/one', 'newer', '1.0');
    const { all } = await workspace.nx(['g', '@ingot/oci:lock']);
    expect(all).toContain(`~ ${registry.host}/base/one:1.0  its platforms`);
    expect(await workspace.read('ingot.lock')).toBe(whole);
  });

  it('says it where the registry has lost what is locked', async () => {
    registry.repository('base/one').manifests.delete(pinned.one);
    const fresh = { INGOT_STORE: workspace.path('.fresh-store') };
    const { code, all } = await workspace.nx(['run', 'one:image', '--skip-nx-cache'], fresh);
    expect(code).not.toBe(0);
    expect(all).toMatch(/ingot\.lock:\d+:\d+ {2}INGOT_LOCK_GONE/);
    expect(all).toContain('--update');
  });

  it('refuses a pattern that matches nothing, with the nearest', async () => {
    const before = await workspace.read('ingot.lock');
    const { code, all } = await workspace.nx(['g', '@ingot/oci:lock', '--update', 'ubuntu*']);
    expect(code).not.toBe(0);
    expect(all).toContain('INGOT_LOCK_PATTERN');
    expect(await workspace.read('ingot.lock')).toBe(before);
    expect(blobsFetched()).toBeGreaterThan(0);
  });
});
