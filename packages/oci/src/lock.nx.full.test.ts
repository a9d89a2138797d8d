import { beforeAll, describe, expect, it } from 'vitest';
import { lockWorkspace, pushBase } from './test/lock-workspace.ts';

const shared = lockWorkspace();

describe('a lock that is there', () => {
  beforeAll(async () => {
    expect((await shared.workspace.nx(['g', '@ingot/oci:lock'])).code).toBe(0);
  });

  it('is not needed for a digest, which the store knows the next time as well', async () => {
    expect(await shared.workspace.nx(['run', 'fixed:image'])).toMatchObject({ code: 0 });
    shared.registry.requests.length = 0;
    const again = await shared.workspace.nx(['run', 'fixed:image', '--skip-nx-cache'], { INGOT_OFFLINE: '1' });
    expect({ code: again.code, all: again.all }).toMatchObject({ code: 0 });
    expect(shared.registry.lines).toEqual([]);
  });

  it('takes the layers over from where they are in the same registry: no byte of the base travels', async () => {
    shared.registry.requests.length = 0;
    const pushed = await shared.workspace.nx(['run', 'upon:push']);
    expect({ code: pushed.code, all: pushed.all }).toMatchObject({ code: 0 });
    expect(pushed.all).toMatch(/mounted .* in 1/);
    const layer = (await shared.workspace.json<{ inherited: { digest: string }[] }>('one/dist/image.json'))
      .inherited[0]!.digest;
    const sent = shared.registry.requests.filter(
      ({ method, path }) => method === 'PUT' && path.includes(encodeURIComponent(layer)),
    );
    expect(sent).toEqual([]);
    expect(shared.registry.repository('apps/upon').blobs.has(layer)).toBe(true);
  });

  it('rebuilds those alone whose entry changes, and shows the file to nx affected', async () => {
    await shared.workspace.nx(['run-many', '-t', 'image']);
    const now = await pushBase(shared.registry.host, 'base/two', 'third', '2.0');
    const { all } = await shared.workspace.nx(['g', '@ingot/oci:lock', '--update', 'two*']);
    expect(all).toContain(`~ ${shared.registry.host}/base/two:2.0  ${shared.pinned.two} → ${now}`);
    expect(await shared.workspace.read('ingot.lock')).toContain(`/base/one:1.0@${shared.pinned.one}`);
    const built = await shared.workspace.nx(['run-many', '-t', 'image', '--output-style=static', '--verbose']);
    const cached = [...built.all.matchAll(/nx run (\w+):image.*\[local cache\]|existing outputs match.*?(\w+):image/g)];
    expect(built.all).toMatch(/two:0\.1\.0/);
    expect(cached.map((found) => found[1]).sort()).toEqual(['fixed', 'none', 'one', 'upon']);

    const affected = await shared.workspace.nx(['show', 'projects', '--affected', '--files=ingot.lock']);
    expect(affected.stdout.trim().split('\n').sort()).toEqual(['one', 'two', 'upon']);
  });

  it('is completed by the generator where Renovate has changed a digest alone', async () => {
    const whole = await shared.workspace.read('ingot.lock');
    await shared.workspace.write({
      'ingot.lock': whole.replaceAll(new RegExp(`(root:.*)${shared.pinned.one}`, 'g'), `$1${shared.pinned.two}`),
    });
    await pushBase(shared.registry.host, 'base/one', 'newer', '1.0');
    const { all } = await shared.workspace.nx(['g', '@ingot/oci:lock']);
    expect(all).toContain(`~ ${shared.registry.host}/base/one:1.0  its platforms`);
    expect(await shared.workspace.read('ingot.lock')).toBe(whole);
  });

  it('says it where the registry has lost what is locked', async () => {
    shared.registry.repository('base/one').manifests.delete(shared.pinned.one);
    const fresh = { INGOT_STORE: shared.workspace.path('.fresh-store') };
    const { code, all } = await shared.workspace.nx(['run', 'one:image', '--skip-nx-cache'], fresh);
    expect(code).not.toBe(0);
    expect(all).toMatch(/ingot\.lock:\d+:\d+ {2}INGOT_LOCK_GONE/);
    expect(all).toContain('--update');
  });

  it('refuses a pattern that matches nothing, with the nearest', async () => {
    const before = await shared.workspace.read('ingot.lock');
    const { code, all } = await shared.workspace.nx(['g', '@ingot/oci:lock', '--update', 'ubuntu*']);
    expect(code).not.toBe(0);
    expect(all).toContain('INGOT_LOCK_PATTERN');
    expect(await shared.workspace.read('ingot.lock')).toBe(before);
  });
});
