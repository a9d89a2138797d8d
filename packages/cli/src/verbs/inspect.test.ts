import { describe, expect, it } from 'vitest';
import { LayoutStore } from '@ingot/content';
import { skopeo } from '../../../../tools/registry/skopeo.ts';
import { registryTest } from '../test/registry-test.ts';
import { sampleArtifact } from '../test/sample-image.ts';

const { at, makeImage, run, startRegistry, succeed } = registryTest();

const inspect = async (...args: string[]) => JSON.parse(await succeed('inspect', ...args)) as Record<string, unknown>;

describe('ingot inspect', () => {
  it('shows descriptor, manifest and config as skopeo sees them', async () => {
    const registry = await startRegistry();
    await makeImage();
    const target = `docker://${registry.host}/team/tool:1.0`;
    await succeed('copy', 'oci:image', target, '--platform=linux/amd64');
    const shown = await inspect(target);
    expect(Object.keys(shown)).toEqual(['descriptor', 'manifest', 'config']);
    expect(shown['manifest']).toEqual(JSON.parse(await skopeo(['inspect', '--tls-verify=false', '--raw', target])));
    expect(shown['config']).toEqual(
      JSON.parse(await skopeo(['inspect', '--tls-verify=false', '--config', '--raw', target])),
    );
    expect(shown['descriptor']).toMatchObject({
      digest: (JSON.parse(await skopeo(['inspect', '--tls-verify=false', target])) as { Digest: string }).Digest,
    });
  });

  it('lists the images of an index, and shows the one of a platform', async () => {
    const { digest } = await makeImage();
    const index = await inspect('oci:image');
    expect(index).toMatchObject({ descriptor: { digest }, config: null });
    expect(index['manifest']).toMatchObject({
      manifests: [{ platform: { architecture: 'amd64' } }, { platform: { architecture: 'arm64' } }],
    });
    expect(await inspect('oci:image', '--platform=linux/arm64')).toMatchObject({ config: { architecture: 'arm64' } });
    await skopeo([
      'copy',
      '-q',
      '--override-arch=arm64',
      `oci:${at('image')}:1.0`,
      `docker-archive:${at('i.tar')}:a:1`,
    ]);
    expect(await inspect('docker-archive:i.tar')).toMatchObject({ config: { architecture: 'arm64' } });
  });

  it('shows any config, keeps its values and escapes what would steer a terminal', async () => {
    const layout = new LayoutStore(at('artifact'));
    const config = { commandLine: 'root=\u001b[2J\u009b\u202e\u2028\u{e0041}' };
    await layout.setRoots([await sampleArtifact(layout, [{ mediaType: 'text/plain' }], config)]);
    const stdout = await succeed('inspect', 'oci:artifact');
    expect(JSON.parse(stdout)).toMatchObject({ config });
    expect(stdout).not.toMatch(/[^\P{C}\n]|\u2028/u);
    expect(stdout).toMatch(/^\{\n {2}"descriptor": \{\n {4}"/);
  });

  it.each([
    [['inspect'], 2, 'name an image'],
    [['inspect', 'oci:image', 'more'], 2, 'one argument too many'],
    [['inspect', 'debian:12'], 2, 'docker://debian:12?'],
    [['inspect', 'oci:image', '--platform', 'linux/s390x'], 1, 'INGOT_PLATFORM'],
    [['inspect', 'oci:image:2.0'], 1, 'INGOT_SOURCE_REFERENCE'],
  ] as const)('ends %j with %i', async (args, exit, text) => {
    await makeImage();
    const result = await run(...args);
    expect(result).toMatchObject({ exit, stdout: '' });
    expect(result.stderr).toContain(text);
  });

  it('refuses a manifest of more than 4 MiB, and one whose digest is another', async () => {
    const registry = await startRegistry();
    await makeImage();
    await succeed('copy', 'oci:image', `docker://${registry.host}/tool:1`);
    const other = '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}';
    registry.faults = ({ method }) => (method === 'GET' ? { status: 200, body: other } : undefined);
    const wrong = await run('inspect', `docker://${registry.host}/tool:1`);
    expect(wrong).toMatchObject({ exit: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/INGOT_(BLOB_WRONG|REGISTRY_DIGEST)/);
    registry.faults = ({ method }) => ({
      status: 200,
      headers: {
        'content-type': 'application/vnd.oci.image.manifest.v1+json',
        'docker-content-digest': `sha256:${'1'.repeat(64)}`,
      },
      body: method === 'HEAD' ? '' : ' '.repeat(4 * 1024 * 1024 + 1),
    });
    const large = await run('inspect', `docker://${registry.host}/tool:1`);
    expect(large).toMatchObject({
      exit: 1,
      stdout: '',
      stderr: expect.stringMatching(/^INGOT_[A-Z_]+ .*\n {2}help: /),
    });
  });
});
