import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { LayoutStore, refName, validate } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { DockerRegistry } from '../../../../tools/registry/docker-registry.ts';
import { referee } from '../../../../tools/referee.ts';
import { skopeo } from '../../../../tools/registry/skopeo.ts';
import { registryTest } from '../test/registry-test.ts';

const { at, env, makeImage, run, runWith, startRegistry, succeed } = registryTest();

/** What is wrong with all images of a layout. */
async function findings(folder: string) {
  const layout = new LayoutStore(folder);
  const found = [];
  for (const root of await layout.roots()) found.push(...(await Array.fromAsync(validate(layout, root))));
  return found;
}

const names = async (folder: string) =>
  (await new LayoutStore(folder).roots()).map(({ annotations }) => annotations?.[refName]);

const jsonOf = async (...args: string[]) => JSON.parse(await succeed(...args, '--json')) as Record<string, unknown>;

const none = { blobs: 0, bytes: 0 };

describe('ingot copy to a registry', () => {
  it('pushes what skopeo inspects and copies, all platforms', async () => {
    await using registry = await DockerRegistry.start();
    const { digest } = await makeImage();
    const target = `docker://${registry.host}/team/tool:1.0`;
    const stdout = await succeed('copy', 'oci:image:1.0', target);
    expect(stdout).toMatch(new RegExp(`^${target}@${digest}  sent .* in 8\n$`));
    const tls = '--tls-verify=false';
    const raw = JSON.parse(await skopeo(['inspect', tls, '--raw', target])) as { manifests: unknown[] };
    expect(raw.manifests).toHaveLength(2);
    for (const arch of ['amd64', 'arm64']) {
      const facts = JSON.parse(await skopeo(['--override-arch', arch, 'inspect', tls, target])) as object;
      expect(facts).toMatchObject({ Architecture: arch, RepoTags: ['1.0'] });
    }
    await skopeo(['copy', '-q', '--all', '--src-tls-verify=false', target, `oci:${at('theirs')}:1.0`]);
    expect(await findings(at('theirs'))).toEqual([]);
    expect((await new LayoutStore(at('theirs')).roots())[0]?.digest).toBe(digest);
  });

  it('asks for the right to push from the first request on', async () => {
    const registry = await startRegistry({ auth: 'bearer', users: { alice: 'open sesame' } });
    await makeImage();
    const env = {
      INGOT_REGISTRY: registry.host,
      INGOT_REGISTRY_USERNAME: 'alice',
      INGOT_REGISTRY_PASSWORD: 'open sesame',
    };
    const target = `docker://${registry.host}/team/tool:1.0`;
    expect(await runWith({ env }, 'copy', 'oci:image:1.0', target)).toMatchObject({ exit: 0 });
    expect(registry.tokens!.requests.map(({ scopes }) => scopes)).toEqual([['repository:team/tool:pull,push']]);
  });

  it('sends a blob once: nothing the second time, and mounts within a registry', async () => {
    const registry = await startRegistry({ mounts: true });
    await makeImage();
    const first = `docker://${registry.host}/one/tool:1.0`;
    expect(await jsonOf('copy', 'oci:image', first)).toMatchObject({
      destination: first,
      sent: { blobs: 8 },
      mounted: none,
    });
    expect(await jsonOf('copy', 'oci:image', first)).toMatchObject({
      sent: none,
      mounted: none,
      present: { blobs: 1 },
    });
    expect(await succeed('copy', 'oci:image', first)).toContain('all there already');
    // On another machine: nothing is known of what went before.
    const copying = ['copy', first, `docker://${registry.host}/two/tool:2.0`, '--json'];
    const other = await runWith({ env: { INGOT_STORE: at('other-store') } }, ...copying);
    expect(JSON.parse(other.stdout)).toMatchObject({ sent: { blobs: 3 }, mounted: { blobs: 5 } });
    const read = registry.lines.filter((line) => /^GET .*\/one\/tool\/manifests\//.test(line));
    expect(read).toHaveLength(3);
    expect(new Set(read).size).toBe(3);
    expect(registry.repository('two/tool').tags.size).toBe(1);
  });

  it('brings an image from one registry to another, one platform if asked', async () => {
    await using docker = await DockerRegistry.start();
    const registry = await startRegistry();
    await makeImage();
    await succeed('copy', 'oci:image:1.0', `docker://${docker.host}/tool:1.0`);
    const target = `docker://${registry.host}/tool:arm`;
    await succeed('copy', `docker://${docker.host}/tool:1.0`, target, '--platform', 'linux/arm64');
    const facts = JSON.parse(
      await skopeo(['--override-arch', 'arm64', 'inspect', '--tls-verify=false', target]),
    ) as object;
    expect(facts).toMatchObject({ Architecture: 'arm64' });
    expect(await succeed('inspect', target)).toContain('"architecture": "arm64"');
  });

  it('pushes by digest alone, and refuses another digest before it sends anything', async () => {
    const registry = await startRegistry();
    const { digest } = await makeImage();
    expect(await succeed('copy', 'oci:image', `docker://${registry.host}/tool@${digest}`)).toContain(digest);
    expect(registry.repository('tool').tags.size).toBe(0);
    const requests = registry.requests.length;
    const wrong = await run('copy', 'oci:image', `docker://${registry.host}/tool@sha256:${'0'.repeat(64)}`);
    expect(wrong).toMatchObject({ exit: 1, stdout: '' });
    expect(wrong.stderr).toContain('INGOT_COPY_DIGEST');
    expect(registry.requests).toHaveLength(requests);
  });

  it('keeps the logins of source and destination apart', async () => {
    const one = await startRegistry({ auth: 'basic', users: { reader: 'read-secret' } });
    const two = await startRegistry({ auth: 'bearer', users: { writer: 'write-secret' } });
    await makeImage();
    const loggedIn = async (host: string, user: string, secret: string, file: string) =>
      runWith({ stdin: secret }, 'login', host, '-u', user, '--password-stdin', '--authfile', file);
    await writeFile(at('src.json'), '{}');
    await writeFile(at('dest.json'), '{}');
    expect(await loggedIn(one.host, 'reader', 'read-secret', 'src.json')).toMatchObject({ exit: 0 });
    expect(await loggedIn(two.host, 'writer', 'write-secret', 'dest.json')).toMatchObject({ exit: 0 });
    const from = `docker://${one.host}/tool:1`;
    const to = `docker://${two.host}/tool:1`;
    await succeed('copy', 'oci:image', from, '--dest-authfile', 'src.json');
    expect((await run('copy', from, to, '--authfile', 'src.json')).stderr).toContain('INGOT_REGISTRY_LOGIN');
    await succeed('copy', from, to, '--src-authfile', 'src.json', '--dest-authfile', 'dest.json');
    expect(two.repository('tool').tags.size).toBe(1);
  });
});

describe('ingot copy from a registry', () => {
  it.each(['skopeo', 'umoci', 'buildah'])('pulls what %s has made, and it validates', async (tool) => {
    await using registry = await DockerRegistry.start();
    const target = `docker://${registry.host}/foreign/${tool}:1`;
    await foreign[tool]!(target);
    const stdout = await succeed('copy', target, 'oci:pulled:1');
    expect(stdout).toMatch(/^oci:pulled:1@sha256:[0-9a-f]{64}\n$/);
    expect(await findings(at('pulled'))).toEqual([]);
    const back = `docker://${registry.host}/back:1`;
    await succeed('copy', 'oci:pulled:1', back);
    expect(await skopeo(['inspect', '--tls-verify=false', '--raw', back])).toBe(
      await skopeo(['inspect', '--tls-verify=false', '--raw', target]),
    );
    await skopeo(['copy', '-q', '--src-tls-verify=false', back, `dir:${at('judged')}`]);
    expect(await readdir(at('judged'))).toContain('manifest.json');
  });

  const foreign: Record<string, (target: string) => Promise<unknown>> = {
    async skopeo(target) {
      await makeImage();
      // A manifest list of Docker's with schema 2 images.
      await skopeo([
        'copy',
        '-q',
        '--all',
        '--format=v2s2',
        '--dest-tls-verify=false',
        `oci:${at('image')}:1.0`,
        target,
      ]);
    },
    async umoci(target) {
      const umoci = (...args: string[]) => promisify(execFile)(referee('umoci'), args);
      await umoci('init', '--layout', at('umoci'));
      await umoci('new', '--image', `${at('umoci')}:1`);
      await mkdir(at('tree'));
      await writeFile(at('tree/file'), 'of umoci');
      await umoci('insert', '--rootless', '--image', `${at('umoci')}:1`, at('tree'), '/tree');
      await skopeo(['copy', '-q', '--dest-tls-verify=false', `oci:${at('umoci')}:1`, target]);
    },
    async buildah(target) {
      await makeImage();
      const storage = ['--root', at('containers'), '--runroot', at('run'), '--storage-driver=vfs'];
      const buildah = async (...args: string[]) => {
        const { stdout } = await promisify(execFile)(referee('buildah'), [...storage, ...args], {
          env: { ...env(), TMPDIR: at() },
        });
        return stdout.trim();
      };
      await mkdir(at('home'), { recursive: true });
      const container = await buildah('from', 'scratch');
      await writeFile(at('file'), 'of buildah');
      await buildah('copy', container, at('file'), '/file');
      const image = await buildah('commit', '-q', container);
      await buildah('push', '-q', '--tls-verify=false', image, target);
    },
  };

  it("says that others do not find Docker's own format in a layout", async () => {
    await using registry = await DockerRegistry.start();
    await foreign['skopeo']!(`docker://${registry.host}/tool:1`);
    const { exit, stderr } = await run('copy', `docker://${registry.host}/tool:1`, 'oci:pulled:1');
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.stringMatching(/^warning: .*skopeo.*\n$/) });
    const { exit: other, stderr: silence } = await run(
      'copy',
      `docker://${registry.host}/tool:1`,
      `docker://${registry.host}/b:1`,
    );
    expect({ exit: other, stderr: silence }).toEqual({ exit: 0, stderr: '' });
    await expect(skopeo(['inspect', `oci:${at('pulled')}:1`])).rejects.toThrow('no descriptor found');
  });

  it('adds to a layout that is there, and replaces what had the name', async () => {
    const registry = await startRegistry();
    await makeImage();
    const target = `docker://${registry.host}/tool:1`;
    await succeed('copy', 'oci:image', target);
    await succeed('copy', target, 'oci:layout:all');
    await succeed('copy', target, 'oci:layout:arm', '--platform=linux/arm64');
    expect(await names(at('layout'))).toEqual(['all', 'arm']);
    await succeed('copy', target, 'oci:layout:all', '--platform=linux/amd64');
    expect(await names(at('layout'))).toEqual(['arm', 'all']);
    await succeed('copy', target, 'oci:layout');
    await succeed('copy', target, 'oci:layout');
    expect(await names(at('layout'))).toEqual(['arm', 'all', undefined]);
    expect(await findings(at('layout'))).toEqual([]);
    const facts = await skopeo(['inspect', '--override-arch=arm64', `oci:${at('layout')}:arm`]);
    expect(JSON.parse(facts)).toMatchObject({ Architecture: 'arm64' });
  });

  it('leaves what is no layout alone', async () => {
    await makeImage();
    await mkdir(at('mine'));
    await writeFile(at('mine/thesis'), 'years of work');
    const { exit, stderr } = await run('copy', 'oci:image', 'oci:mine:1');
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringContaining('INGOT_EXPORT_TARGET') });
    expect(await readdir(at('mine'))).toEqual(['thesis']);
  });

  it('writes archives that skopeo reads', async () => {
    const registry = await startRegistry();
    await makeImage();
    const target = `docker://${registry.host}/tool:1`;
    await succeed('copy', 'oci:image', target);
    await succeed('copy', target, 'oci-archive:all.tar:1.0');
    await skopeo(['copy', '-q', '--all', `oci-archive:${at('all.tar')}:1.0`, `oci:${at('unpacked')}:1`]);
    expect(await findings(at('unpacked'))).toEqual([]);
    await succeed('copy', target, 'docker-archive:one.tar:team/tool:2.0', '--platform', 'linux/amd64');
    const one = `docker-archive:${at('one.tar')}`;
    expect(JSON.parse(await skopeo(['list-tags', one]))).toMatchObject({ Tags: ['team/tool:2.0'] });
    expect(JSON.parse(await skopeo(['inspect', `${one}:team/tool:2.0`]))).toMatchObject({ Architecture: 'amd64' });
    const both = await run('copy', target, 'docker-archive:two.tar');
    expect(both).toMatchObject({ exit: 1, stdout: '' });
    expect(both.stderr).toMatch(/^INGOT_PLATFORM {2}.*\n {2}help: .*linux\/amd64, linux\/arm64/);
    expect(await readdir(at())).not.toContain('two.tar');
  });

  it('reads archives and folders of other tools', async () => {
    const registry = await startRegistry();
    await makeImage();
    const source = `oci:${at('image')}:1.0`;
    await skopeo(['copy', '-q', '--override-arch=amd64', source, `docker-archive:${at('d.tar')}:team/tool:2`]);
    await skopeo(['copy', '-q', source, `dir:${at('folder')}`]);
    for (const [index, from] of ['docker-archive:d.tar:team/tool:2', 'docker-archive:d.tar', 'dir:folder'].entries()) {
      await succeed('copy', from, `docker://${registry.host}/t${index}:1`);
      expect(registry.repository(`t${index}`).tags.size).toBe(1);
    }
  });

  it('leaves nothing behind where a blob is gone', async () => {
    const registry = await startRegistry();
    await makeImage();
    const target = `docker://${registry.host}/tool:1`;
    await succeed('copy', 'oci:image', target);
    const shown = await succeed('inspect', target, '--platform=linux/amd64');
    const { layers } = (JSON.parse(shown) as { manifest: { layers: { digest: string }[] } }).manifest;
    const { digest } = layers[1]!;
    registry.faults = ({ path }) =>
      path.endsWith(`/blobs/${digest}`) ? { status: 404, body: '{"errors":[]}' } : undefined;
    for (const to of ['oci:out', 'oci-archive:out.tar']) {
      const { exit, stderr } = await run('copy', target, to);
      expect({ exit, stderr }).toEqual({ exit: 1, stderr: expect.stringContaining('INGOT_BLOB_MISSING') });
      expect(stderr).toContain(digest);
      expect(stderr).toContain(registry.host);
    }
    expect((await readdir(at())).filter((name) => name.includes('out'))).toEqual([]);
  });
});

describe('ingot copy', () => {
  it.each([
    [['copy'], 2, 'INGOT_USAGE', 'name a source and a destination'],
    [['copy', 'oci:image'], 2, 'INGOT_USAGE', 'name a destination'],
    [['copy', 'debian', 'oci:x'], 2, 'INGOT_SOURCE_SYNTAX', 'docker://docker.io/library/debian'],
    [['copy', 'oci:image', 'registry.example/tool:1'], 2, 'INGOT_DESTINATION', 'docker://registry.example/tool:1?'],
    [['copy', 'oci:image', 'docker:registry.example/tool'], 2, 'INGOT_DESTINATION', 'docker://registry.example/tool'],
    [['copy', 'oci:image', 'dir:folder'], 2, 'INGOT_DESTINATION', 'skopeo copy oci-archive:image.tar dir:folder'],
    [['copy', 'oci:image', 'docker-daemon:x:1'], 2, 'INGOT_DESTINATION', 'cannot be written to'],
    [['copy', 'oci:image', 'project:tool'], 2, 'INGOT_DESTINATION', 'cannot be written to'],
    [['copy', 'oci:image', `oci:x@sha256:${'0'.repeat(64)}`], 2, 'INGOT_DESTINATION', 'leave it out'],
    [['copy', 'oci:image', 'oci:x:-wrong'], 2, 'INGOT_DESTINATION', '"-wrong"'],
    [['copy', 'oci:image', 'docker-archive:x.tar:Tool:1'], 2, 'INGOT_DESTINATION', 'small letters'],
    [['copy', 'oci:image', 'docker-archive:x.tar:@0'], 2, 'INGOT_DESTINATION', 'has an index'],
    [
      ['copy', 'oci:image', 'docker://registry.example/Tool:1'],
      2,
      'INGOT_REFERENCE_SYNTAX',
      'lower-case letters only: tool',
    ],
    [['copy', 'oci:image', 'oci:x', '--platform', 'linux'], 2, 'INGOT_PLATFORM_SYNTAX', 'linux/amd64'],
    [['copy', 'oci:image', 'oci:x', '--platform='], 2, 'INGOT_USAGE', '--platform'],
    [['copy', 'docker://a.test/x', 'docker://b.test/x', '--plain-http'], 2, 'INGOT_USAGE', '--src-plain-http'],
    [['copy', 'docker://a.test/x', 'oci:x', '--authfile='], 2, 'INGOT_USAGE', '--authfile'],
    [['copy', 'oci:image', 'oci:x', '--platform', 'linux/s390x'], 1, 'INGOT_PLATFORM', 'linux/amd64'],
    [['copy', 'oci:missing', 'oci:x'], 1, 'INGOT_SOURCE_MISSING', 'missing'],
    [['copy', 'project:tool', 'oci:x'], 1, 'INGOT_SOURCE_PROJECT', 'oci:FOLDER'],
    [['copy', 'docker://registry.invalid/x:1', 'oci:x'], 1, 'INGOT_REGISTRY_HOST', 'registry.invalid'],
  ] as const)('refuses %j with %i, %s', async (args, exit, code, text) => {
    await makeImage();
    const result = await run(...args);
    expect(result).toMatchObject({ exit, stdout: '' });
    expect(result.stderr).toContain(code);
    expect(result.stderr).toContain(text);
    expect(result.stderr).toMatch(/\n {2}help: /);
    expect(await readdir(at())).not.toContain('x');
  });

  it('goes nowhere without a network, and says where it would have gone', async () => {
    const registry = await startRegistry();
    const { stderr } = await runWith(
      { env: { INGOT_OFFLINE: '1' } },
      ...['copy', `docker://${registry.host}/tool:1`, 'oci:x'],
    );
    expect(stderr).toContain('INGOT_OFFLINE');
    expect(stderr).toContain(`${registry.host}/tool:1`);
    expect(registry.requests).toEqual([]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('stops at %s, and leaves nothing', async (signal) => {
    const registry = await startRegistry();
    await makeImage();
    const source = `docker://${registry.host}/tool:1`;
    await succeed('copy', 'oci:image', source);
    const asked = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    registry.faults = ({ path }) => {
      if (!path.includes('/blobs/')) return undefined;
      asked.resolve();
      return { delay: gate.promise };
    };
    // In a process of its own: so much else listens to these signals.
    const program = [new URL('../ingot.ts', import.meta.url).pathname, 'copy', source, 'oci:x'];
    const child = spawn(process.execPath, ['--conditions=ingot-source', ...program], { cwd: at(), env: env() });
    const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    await asked.promise;
    child.kill(signal);
    const [stdout, stderr, exit] = await ended;
    gate.resolve();
    expect({ exit, stdout }).toEqual({ exit: [1, null], stdout: '' });
    expect(stderr).toContain(`INGOT_INTERRUPTED  stopped by ${signal}`);
    expect((await readdir(at())).sort()).toEqual(['image', 'store']);
  });
});
