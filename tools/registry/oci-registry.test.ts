import { describe, expect, it } from 'vitest';
import { sampleLayout } from '../../e2e/sample-layout.ts';
import { OciRegistry, type Fault } from './oci-registry.ts';
import { skopeo } from './skopeo.ts';
import { testFolder } from './temporary-folder.ts';

const at = testFolder();
const layers = [{ one: 'one' }, { two: 'x'.repeat(100_000) }];
const refused = /denied|unauthorized|Forbidden|required/;
const users = { ann: 'secret:word' };

const push = (registry: OciRegistry, to: string, ...options: string[]) =>
  skopeo(['copy', '--dest-tls-verify=false', ...options, `oci:${at('in')}:1.0.0`, `docker://${registry.host}/${to}`]);
const pull = (registry: OciRegistry, from: string, ...options: string[]) =>
  skopeo(['copy', '--src-tls-verify=false', ...options, `docker://${registry.host}/${from}`, `oci:${at('out')}:1.0.0`]);

describe('the registry of the tests', () => {
  it.each([{}, { auth: 'basic', users }, { auth: 'bearer', users }] as const)(
    'takes what skopeo pushes, and gives it back: %o',
    async (options) => {
      const image = await sampleLayout(at('in'), { layers });
      await using registry = await OciRegistry.start(options);
      const [to, from] = 'users' in options ? ['--dest-creds=ann:secret:word', '--src-creds=ann:secret:word'] : [];
      await push(registry, 'some/image:1', ...(to ? [to] : []));
      const kept = registry.repository('some/image');
      expect(kept.tags.get('1')).toBe(image.manifest.digest);
      expect([...kept.blobs.keys()].sort()).toEqual([image.config, ...image.layers].map(({ digest }) => digest).sort());
      expect(kept.uploads.size).toBe(0);
      await pull(registry, 'some/image:1', ...(from ? [from] : []));
      expect(registry.lines).toContain(`GET 200 /v2/some/image/blobs/${image.layers[1]?.digest}`);
      const tags = JSON.parse(
        await skopeo([
          'list-tags',
          '--tls-verify=false',
          ...(to ? ['--creds=ann:secret:word'] : []),
          `docker://${registry.host}/some/image`,
        ]),
      ) as { Tags: string[] };
      expect(tags.Tags).toEqual(['1']);
    },
  );

  it.each(['basic', 'bearer'] as const)('refuses who has no right to: %s', async (auth) => {
    await sampleLayout(at('in'));
    const allow = (user: string | undefined, name: string) => user === 'ann' && name.startsWith('mine/');
    await using registry = await OciRegistry.start({ auth, users, allow });
    await expect(push(registry, 'mine/a:1')).rejects.toThrow(refused);
    await expect(push(registry, 'mine/a:1', '--dest-creds=ann:wrong')).rejects.toThrow(refused);
    await expect(push(registry, 'other/a:1', '--dest-creds=ann:secret:word')).rejects.toThrow(refused);
    await push(registry, 'mine/a:1', '--dest-creds=ann:secret:word');
  });

  it('does wrong what it is told to', async () => {
    const image = await sampleLayout(at('in'), { layers });
    const big = image.layers[1]?.digest ?? '';
    await using registry = await OciRegistry.start();
    await push(registry, 'image:1');
    const faults: [Fault, RegExp][] = [
      [{ status: 403, body: 'no' }, /403|denied|no/],
      [{ change: (body) => Buffer.concat([body, body]) }, /digest|mismatch|did not match/i],
      [{ change: (body) => body.subarray(1) }, /digest|mismatch|did not match/i],
      [{ cutAfter: 50, direction: 'response' }, /EOF/],
    ];
    for (const [fault, message] of faults) {
      registry.faults = ({ path }) => (path.includes(big) ? fault : undefined);
      await expect(pull(registry, 'image:1')).rejects.toThrow(message);
    }
    registry.faults = ({ method }) => (method === 'PATCH' ? { cutAfter: 10, direction: 'request' } : undefined);
    await expect(push(registry, 'other:1')).rejects.toThrow(/reset|EOF|broken pipe/);
    expect(registry.requests.find(({ method, status }) => method === 'PATCH' && status === 0)?.received).toBe(10);
    const [upload] = registry.repository('other').uploads.values();
    expect(upload?.size).toBe(10);
    registry.faults = undefined;
    await pull(registry, 'image:1');
  });

  it('sends blobs from elsewhere', async () => {
    const image = await sampleLayout(at('in'));
    await using elsewhere = await OciRegistry.start();
    await using registry = await OciRegistry.start({
      redirectBlobsTo: (name, digest) => `${elsewhere.url}/v2/${name}/blobs/${digest}`,
    });
    await push(registry, 'image:1');
    for (const bytes of registry.repository('image').blobs.values()) elsewhere.repository('image').addBlob(bytes);
    await pull(registry, 'image:1');
    expect(elsewhere.lines).toContain(`GET 200 /v2/image/blobs/${image.config.digest}`);
  });

  it('has the API that skopeo does not ask for: mounts, ranges, pages, referrers', async () => {
    await using registry = await OciRegistry.start({ pageSize: 1 });
    const ask = (path: string, init: RequestInit = {}) => fetch(`${registry.url}/v2/${path}`, init);
    const digest = registry.repository('a').addBlob(Buffer.from('0123456789'));
    expect((await ask(`b/blobs/uploads/?mount=${digest}&from=a`, { method: 'POST' })).status).toBe(201);
    const part = await ask(`b/blobs/${digest}`, { headers: { range: 'bytes=3-5' } });
    expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '345', 'bytes 3-5/10']);
    const type = 'application/vnd.oci.image.manifest.v1+json';
    const subject = registry.repository('a').addManifest(type, Buffer.from('{}'), 'x', 'y');
    const first = await ask('a/tags/list');
    expect(await first.json()).toEqual({ name: 'a', tags: ['x'] });
    expect(first.headers.get('link')).toBe('</v2/a/tags/list?n=1&last=x>; rel="next"');
    expect(await (await ask('a/tags/list?n=1&last=x')).json()).toEqual({ name: 'a', tags: ['y'] });
    const body = JSON.stringify({ artifactType: 'a/b', subject: { digest: subject } });
    const put = await ask('a/manifests/note', { method: 'PUT', body, headers: { 'content-type': type } });
    expect(put.headers.get('oci-subject')).toBe(subject);
    const listed = (await (await ask(`a/referrers/${subject}?artifactType=a/b`)).json()) as { manifests: object[] };
    expect(listed.manifests).toEqual([expect.objectContaining({ artifactType: 'a/b', mediaType: type })]);
    const incomplete = JSON.stringify({ config: { digest: `sha256:${'0'.repeat(64)}` } });
    expect((await ask('a/manifests/z', { method: 'PUT', body: incomplete })).status).toBe(404);
  });
});
