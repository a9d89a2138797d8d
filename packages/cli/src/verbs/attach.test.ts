import { mkdir, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { DockerRegistry } from '../../../../tools/registry/docker-registry.ts';
import { skopeo } from '../../../../tools/registry/skopeo.ts';
import { registryTest } from '../test/registry-test.ts';

const { at, makeImage, run, startRegistry, succeed } = registryTest();

interface Discovered {
  readonly subject: { readonly digest: string };
  readonly referrers: readonly { readonly digest: string; readonly artifactType: string }[];
}

const discovered = async (...args: string[]) => JSON.parse(await succeed('discover', ...args, '--json')) as Discovered;

const raw = async (reference: string) =>
  JSON.parse(await skopeo(['inspect', '--tls-verify=false', '--raw', `docker://${reference}`])) as object;

/** An image at `docker://host/tool:1`, and files beside it. */
async function prepared(host: string): Promise<string> {
  await makeImage();
  await succeed('copy', 'oci:image', `docker://${host}/tool:1`);
  await writeFile(at('sbom.json'), '{"sbom":true}');
  await writeFile(at('build.log'), 'built\n');
  return `docker://${host}/tool:1`;
}

describe('ingot attach and discover', () => {
  it.each(['with the referrers API', 'without it', 'docker-registry'])(
    'attach and find artifacts, %s',
    async (kind) => {
      await using docker = kind === 'docker-registry' ? await DockerRegistry.start() : undefined;
      const { host } = docker ?? (await startRegistry({ referrers: kind === 'with the referrers API' }));
      const target = await prepared(host);
      const log = (await succeed('attach', target, 'build.log', '--type', 'build/log')).trim();
      expect(log).toMatch(new RegExp(`^${host}/tool@sha256:[0-9a-f]{64}$`));
      const made = await succeed(
        ...['attach', target, 'sbom.json', 'build.log', '--type=application/spdx+json'],
        '--json',
      );
      const sbom = JSON.parse(made) as { reference: string; digest: string; subject: string };
      const { subject, referrers } = await discovered(target);
      expect(sbom.subject).toBe(subject.digest);
      expect(await raw(log)).toMatchObject({
        artifactType: 'build/log',
        subject: { digest: subject.digest },
        config: { mediaType: 'application/vnd.oci.empty.v1+json', size: 2 },
        layers: [
          { mediaType: 'application/octet-stream', annotations: { 'org.opencontainers.image.title': 'build.log' } },
        ],
      });
      expect(await raw(sbom.reference)).toMatchObject({ layers: [{ size: 13 }, { size: 6 }] });
      expect(referrers.map(({ artifactType }) => artifactType).toSorted()).toEqual([
        'application/spdx+json',
        'build/log',
      ]);
      expect(await discovered(target, '--type', 'build/log')).toMatchObject({
        referrers: [{ artifactType: 'build/log' }],
      });
      const lines = await succeed('discover', target, '--type=application/spdx+json');
      expect(lines).toMatch(new RegExp(`^${sbom.digest}  application/spdx\\+json  \\S+ \\S+\n$`));
      // Once more changes nothing.
      expect((await succeed('attach', target, 'build.log', '--type', 'build/log')).trim()).toBe(log);
      expect((await discovered(target)).referrers).toHaveLength(2);
    },
  );

  it('never says that all is well where the registry does not list it', async () => {
    const registry = await startRegistry({ referrers: false });
    const target = await prepared(registry.host);
    registry.faults = ({ method, path }) =>
      method === 'PUT' && path.includes('/manifests/sha256-') ? { status: 400 } : undefined;
    const broken = await run('attach', target, 'build.log', '--type=build/log');
    expect(broken).toMatchObject({ exit: 1, stdout: '' });
    registry.faults = undefined;
    const { exit, stderr } = await run('attach', target, 'build.log', '--type=build/log');
    expect(exit).toBe(0);
    const { referrers } = await discovered(target);
    expect(referrers.length === 1 || stderr.includes('does not list it')).toBe(true);
  });

  it('gives files the media type that is asked for', async () => {
    const { host } = await startRegistry();
    const target = await prepared(host);
    const options = ['--type=build/log', '--media-type=text/plain'];
    expect(await raw((await succeed('attach', target, 'build.log', ...options)).trim())).toMatchObject({
      layers: [{ mediaType: 'text/plain' }],
    });
  });

  it('says on stderr that there is nothing', async () => {
    const { host } = await startRegistry();
    const target = await prepared(host);
    expect(await run('discover', target)).toEqual({ exit: 0, stdout: '', stderr: expect.stringContaining('nothing') });
    expect((await discovered(target)).referrers).toEqual([]);
  });

  it.each([
    [['sbom.json'], 2, '--type'],
    [['--type', 'build/log'], 2, 'name a file'],
    [['sbom.json', '--type', 'log'], 2, 'form of a media type'],
    [['sbom.json', '--type', 'a/b\u001b[2J'], 2, 'form of a media type'],
    [['sbom.json', '--type=a/b', '--media-type=application/vnd.oci.image.manifest.v1+json'], 2, 'manifest'],
    [['sbom.json', 'folder/sbom.json', '--type=a/b'], 2, 'two files are called "sbom.json"'],
    [['missing.json', '--type=a/b'], 1, 'missing.json'],
    [['empty', '--type=a/b'], 1, 'INGOT_ATTACH_EMPTY'],
    [['folder', '--type=a/b'], 1, 'INGOT_FILE'],
  ] as const)('refuses %j with %i, and sends nothing', async (args, exit, text) => {
    const registry = await startRegistry();
    const target = await prepared(registry.host);
    await mkdir(at('folder'));
    await writeFile(at('folder/sbom.json'), '{}');
    await writeFile(at('empty'), '');
    const before = registry.requests.length;
    const result = await run('attach', target, ...args);
    expect(result).toMatchObject({ exit, stdout: '' });
    expect(result.stderr).toContain(text);
    expect(result.stderr).not.toContain('\u001b');
    expect(registry.lines.slice(before).filter((line) => !/^(GET|HEAD)/.test(line))).toEqual([]);
  });
});
