import { describe, expect, it } from 'vitest';
import { LayoutStore } from '@ingot/content';
import { registryTest } from '../test/registry-test.ts';
import { sampleArtifact } from '../test/sample-image.ts';

const { at, makeImage, run, runWith, startRegistry, succeed } = registryTest();

const types = {
  onmetal: ['rootfs.v1alpha1.rootfs', 'initramfs.v1alpha1.initramfs', 'vmlinuz.v1alpha1.vmlinuz'],
  ironcore: ['rootfs', 'initramfs', 'kernel'],
} as const;

async function pushed(host: string, layers: readonly { mediaType: string; title?: string }[]): Promise<string> {
  const layout = new LayoutStore(at('os'));
  await layout.setRoots([await sampleArtifact(layout, layers)]);
  await succeed('copy', 'oci:os', `docker://${host}/os:1`);
  return `docker://${host}/os:1`;
}

const urlOf = async (...args: string[]) =>
  JSON.parse(await succeed('url', ...args)) as { url: string; headers: Record<string, string> };

/** As a script would. */
async function fetched({ url, headers }: { url: string; headers: Record<string, string> }): Promise<string> {
  return (await fetch(url, { headers })).text();
}

describe('ingot url', () => {
  it('tells where the manifest is, and how to ask for it', async () => {
    const registry = await startRegistry();
    const { digest, mediaType } = await makeImage();
    await succeed('copy', 'oci:image', `docker://${registry.host}/tool:1`);
    const found = await urlOf(`docker://${registry.host}/tool:1`);
    expect(found).toEqual({ url: `${registry.url}/v2/tool/manifests/${digest}`, headers: { Accept: mediaType } });
    expect(JSON.parse(await fetched(found))).toMatchObject({ mediaType });
  });

  it.each(['onmetal', 'ironcore'] as const)('finds the layers of %s by what they are', async (family) => {
    const registry = await startRegistry();
    const mediaTypes = types[family].map((end) => `application/vnd.${family}.image.${end}`);
    const target = await pushed(
      registry.host,
      mediaTypes.map((mediaType) => ({ mediaType })),
    );
    for (const [index, name] of ['rootfs', 'initramfs', 'kernel'].entries()) {
      const found = await urlOf(target, '--layer', name);
      expect(await fetched(found)).toBe(`${mediaTypes[index]} undefined`);
      expect(await urlOf(target, '--layer', String(index))).toEqual(found);
      expect(found.headers).toEqual({});
    }
  });

  it('finds layers by title and by digest', async () => {
    const registry = await startRegistry();
    const layers = ['a.qcow2', 'b.raw'].map((title) => ({ mediaType: 'application/octet-stream', title }));
    const target = await pushed(registry.host, layers);
    const found = await urlOf(target, '--layer=b.raw');
    expect(await fetched(found)).toBe('application/octet-stream b.raw');
    expect(await urlOf(target, `--layer=${found.url.slice(found.url.indexOf('sha256:'))}`)).toEqual(found);
    const missing = await run('url', target, '--layer', 'c');
    expect(missing).toMatchObject({ exit: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^INGOT_LAYER {2}.*"c"\n {2}help: There is: 0 \(a\.qcow2\) sha256:.*, 1 \(b\.raw\)/);
  });

  it('wants to know which of two', async () => {
    const registry = await startRegistry();
    await makeImage();
    const twice = await pushed(registry.host, [
      { mediaType: 'application/vnd.ironcore.image.kernel', title: 'a' },
      { mediaType: 'application/vnd.ironcore.image.kernel', title: 'b' },
    ]);
    expect((await run('url', twice, '--layer=kernel')).stderr).toContain('2 layers are "kernel"');
    await succeed('copy', 'oci:image', `docker://${registry.host}/tool:1`);
    const index = await run('url', `docker://${registry.host}/tool:1`, '--layer=0');
    expect(index).toMatchObject({ exit: 1, stdout: '' });
    expect(index.stderr).toMatch(/^INGOT_LAYER_PLATFORM {2}.*\n {2}help: .*linux\/amd64, linux\/arm64/);
    const [amd, arm] = await Promise.all(
      ['linux/amd64', 'linux/arm64'].map((platform) =>
        urlOf(`docker://${registry.host}/tool:1`, '--layer=1', '--platform', platform),
      ),
    );
    expect(amd!.url).not.toBe(arm!.url);
  });

  it('never tells a secret', async () => {
    const registry = await startRegistry({ auth: 'bearer', users: { robot: 'open-sesame' } });
    await makeImage();
    const given = { stdin: 'open-sesame' };
    expect(await runWith(given, 'login', registry.host, '-u', 'robot', '--password-stdin')).toMatchObject({ exit: 0 });
    await succeed('copy', 'oci:image', `docker://${registry.host}/tool:1`);
    const { stdout, stderr } = await run('url', `docker://${registry.host}/tool:1`);
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/open-sesame|b3Blbi1zZXNhbWU|Authorization|Bearer|token/i);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['url', 'headers']);
  });

  it.each([
    [['url', 'oci:image'], 'is no image of a registry'],
    [['url', 'registry.example/tool:1'], 'docker://registry.example/tool:1?'],
  ])('exits with 2 for %j', async (args, text) => {
    const { exit, stdout, stderr } = await run(...args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(text);
  });
});
