import { describe, expect, it } from 'vitest';
import { DockerRegistry } from '../../../../tools/registry/docker-registry.ts';
import { skopeo } from '../../../../tools/registry/skopeo.ts';
import { registryTest } from '../test/registry-test.ts';

const { makeImage, run, startRegistry, succeed } = registryTest();

describe('ingot tag', () => {
  it('gives tags that skopeo sees, and no blob travels', async () => {
    await using docker = await DockerRegistry.start();
    const registry = await startRegistry();
    const { digest } = await makeImage();
    for (const { host } of [docker, registry]) {
      await succeed('copy', 'oci:image', `docker://${host}/team/tool:1.0.3`);
      const stdout = await succeed('tag', `docker://${host}/team/tool:1.0.3`, '1.0', 'latest');
      expect(stdout).toBe(`${host}/team/tool:1.0@${digest}\n${host}/team/tool:latest@${digest}\n`);
      const listed = await skopeo(['list-tags', '--tls-verify=false', `docker://${host}/team/tool`]);
      expect((JSON.parse(listed) as { Tags: string[] }).Tags.toSorted()).toEqual(['1.0', '1.0.3', 'latest']);
    }
    const before = registry.requests.length;
    await succeed('tag', `docker://${registry.host}/team/tool@${digest}`, '2');
    const since = registry.lines.slice(before);
    expect(since.filter((line) => line.includes('/blobs/'))).toEqual([]);
    expect(since.at(-1)).toBe('PUT 201 /v2/team/tool/manifests/2');
  });

  it('writes JSON', async () => {
    const registry = await startRegistry();
    const { digest } = await makeImage();
    await succeed('copy', 'oci:image', `docker://${registry.host}/tool:1`);
    const stdout = await succeed('tag', `docker://${registry.host}/tool:1`, '2', '--json');
    expect(JSON.parse(stdout)).toEqual({ digest, references: [`${registry.host}/tool:2`] });
  });

  it('checks every tag before it gives one, and names near ones where the first is missing', async () => {
    const registry = await startRegistry();
    await makeImage();
    await succeed('copy', 'oci:image', `docker://${registry.host}/tool:1.0`);
    for (const [wrong, help] of [
      ['-x', 'letters'],
      ['other/tool:1', 'ingot copy'],
    ] as const) {
      const { exit, stdout, stderr } = await run('tag', `docker://${registry.host}/tool:1.0`, 'good', '--', wrong);
      expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
      expect(stderr).toContain(help);
    }
    expect([...registry.repository('tool').tags.keys()]).toEqual(['1.0']);
    const missing = await run('tag', `docker://${registry.host}/tool:1.O`, 'good');
    expect(missing).toMatchObject({ exit: 1, stdout: '' });
    expect(missing.stderr).toMatch(/INGOT_REGISTRY_MISSING .*"1\.O"; there is 1\.0/);
  });

  it.each([
    [['tag'], 'name an image of a registry'],
    [['tag', 'docker://registry.example/tool'], 'name a new tag'],
    [['tag', 'registry.example/tool:1', '2'], 'Did you mean docker://registry.example/tool:1?'],
    [['tag', 'oci:image', '2'], 'is no image of a registry'],
  ])('exits with 2 for %j', async (args, text) => {
    const { exit, stdout, stderr } = await run(...args);
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' });
    expect(stderr).toContain(text);
  });
});
