import { describe, expect, it } from 'vitest';
import { lockWorkspace } from './test/lock-workspace.ts';

const shared = lockWorkspace();

describe('ingot.lock', () => {
  it('is asked for by the command that writes it', async () => {
    const { code, all } = await shared.workspace.nx(['run', 'one:image']);
    expect(code).not.toBe(0);
    expect(all).toMatch(
      /one\/image\.yaml:4:1 {2}INGOT_LOCK_MISSING {2}docker:\/\/localhost:\d+\/base\/one:1\.0 is not in/,
    );
    expect(all).toContain('nx g @ingot/oci:lock');
  });

  it('is written for all sources, and changes nothing where nothing has changed', async () => {
    const { code, all } = await shared.workspace.nx(['g', '@ingot/oci:lock']);
    expect(code, all).toBe(0);
    const text = await shared.workspace.read('ingot.lock');
    expect(text).toContain(`image: ${shared.registry.host}/base/one:1.0@${shared.pinned.one}`);
    expect(text).toContain(`image: ${shared.registry.host}/base/two:2.0@${shared.pinned.two}`);
    expect(text).toMatch(/linux\/amd64: \{.*\}\n\s+linux\/arm64: \{/);
    shared.registry.requests.length = 0;
    await shared.workspace.nx(['g', '@ingot/oci:lock']);
    expect(await shared.workspace.read('ingot.lock')).toBe(text);
    expect(shared.registry.lines).toEqual([]);
  });

  it('lets an image be built of its base’s manifests and config alone, and read no network the next time', async () => {
    shared.registry.requests.length = 0;
    const built = await shared.workspace.nx(['run', 'upon:image']);
    expect(built).toMatchObject({ code: 0 });
    expect(shared.registry.lines.filter((line) => line.startsWith('GET')).sort()).toEqual([
      expect.stringMatching(/^GET 200 \/v2\/base\/one\/blobs\/sha256:/),
      expect.stringMatching(/^GET 200 \/v2\/base\/one\/manifests\/sha256:/),
      expect.stringMatching(/^GET 200 \/v2\/base\/one\/manifests\/sha256:/),
    ]);
    const result = await shared.workspace.json<{ inherited: { source: string }[] }>('one/dist/image.json');
    expect(result.inherited.map(({ source }) => source)).toEqual([
      `docker://${shared.registry.host}/base/one:1.0@${shared.pinned.one}`,
    ]);
    shared.registry.requests.length = 0;
    const again = await shared.workspace.nx(['run', 'upon:image', '--skip-nx-cache'], { INGOT_OFFLINE: '1' });
    expect(again).toMatchObject({ code: 0 });
    expect(shared.registry.lines).toEqual([]);
  });

  it('fails offline with the name of what is missing', async () => {
    const offline = { INGOT_OFFLINE: '1', INGOT_STORE: shared.workspace.path('.other-store') };
    shared.registry.requests.length = 0;
    const { code, all } = await shared.workspace.nx(['run', 'two:image'], offline);
    expect(code).not.toBe(0);
    expect(all).toMatch(/INGOT_OFFLINE/);
    expect(all).toContain(shared.pinned.two);
    expect(shared.registry.lines).toEqual([]);
  });
});
