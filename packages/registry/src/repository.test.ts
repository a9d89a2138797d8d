import { once } from 'node:events';
import { createServer } from 'node:http';
import { MemoryStore, copy, digestOf, docker, encodeJson, oci, readBlob } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { Giving, bytesOf, descriptorOf, imageOf, someBytes } from './test/blobs.ts';
import { testRegistries } from './test/open.ts';
import type { AddressInfo } from 'node:net';
import type { Descriptor } from '@ingot/content';
import type { OciRegistryOptions } from '../../../tools/registry/oci-registry.ts';

const { open, startRegistry } = testRegistries();

async function started(options: OciRegistryOptions = {}) {
  const registry = await startRegistry(options);
  const registries = open();
  return { registry, registries, repository: registries.repository(`${registry.host}/a/b:1.0`) };
}

/** An artifact that is attached to another manifest. */
function attached(subject: Descriptor, config: Descriptor, artifactType?: string) {
  const own = artifactType === undefined ? {} : { artifactType };
  const manifest = { schemaVersion: 2, mediaType: oci.manifest, ...own, config, layers: [], subject };
  const bytes = encodeJson({ ...manifest, annotations: { about: 'it' } });
  return { bytes, descriptor: descriptorOf(bytes, oci.manifest) };
}

describe('a repository', () => {
  it('takes an image, and gives it back', async () => {
    const { registry, repository } = await started();
    const image = await imageOf(someBytes(100), someBytes(3_000_000));
    await copy(image.root, image.store, repository);
    await repository.tag(image.root, image.bytes, '1.0');
    expect(registry.repository('a/b').tags.get('1.0')).toBe(image.root.digest);
    const back = new MemoryStore();
    await copy(await repository.resolve(), repository, back);
    expect(back.digests()).toEqual(image.store.digests());
  });

  it('asks two things when an image is pushed again, and sends nothing', async () => {
    const { registry, repository } = await started();
    const image = await imageOf(someBytes(100));
    await copy(image.root, image.store, repository);
    await repository.tag(image.root, image.bytes, '1.0');
    registry.requests.length = 0;
    await copy(image.root, image.store, repository);
    await repository.tag(image.root, image.bytes, '1.0');
    expect(registry.lines).toEqual([
      `HEAD 200 /v2/a/b/manifests/${image.root.digest}`,
      'HEAD 200 /v2/a/b/manifests/1.0',
    ]);
  });

  it('has one object for one reference', () => {
    const registries = open();
    expect(registries.repository('localhost:1/a:1')).toBe(registries.repository('localhost:1/a:1'));
    expect(registries.repository('localhost:1/a:1')).not.toBe(registries.repository('localhost:1/a:2'));
    expect(() => registries.repository('localhost:1/A')).toThrow(
      expect.objectContaining({ code: 'INGOT_REFERENCE_SYNTAX' }),
    );
  });

  it('has a name for errors: whoever looked for a blob everywhere says that it looked here', () => {
    expect(open().repository('localhost:1/a/b:1').place).toBe('docker://localhost:1/a/b');
  });

  it('mounts what another repository of the registry has', async () => {
    const { registry, registries, repository } = await started();
    const bytes = someBytes(100);
    const from = new Giving(bytes);
    expect(await repository.receive(descriptorOf(bytes), from)).toBe('sent');
    expect(await repository.receive(descriptorOf(bytes), from)).toBe('present');
    const other = registries.repository(`${registry.host}/c`);
    expect(await other.receive(descriptorOf(bytes), from)).toBe('mounted');
    expect(registry.repository('c').blobs.size).toBe(1);
    expect(from.asked).toEqual([0]);
  });

  it('mounts from where it is told to, and else goes on with the upload that was opened', async () => {
    const { registry, repository } = await started();
    const [first, second] = [someBytes(100), someBytes(100, 2)];
    registry.repository('base').addBlob(first);
    expect(await repository.receive(descriptorOf(first), new Giving(first), { mountFrom: ['no', 'base'] })).toBe(
      'mounted',
    );
    registry.requests.length = 0;
    expect(await repository.receive(descriptorOf(second), new Giving(second), { mountFrom: ['base'] })).toBe('sent');
    expect(registry.requests.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'POST 202',
      'HEAD 404',
      'PUT 201',
    ]);
  });

  it.each([403, 500, 503])('sends what cannot be mounted, and asks no more for it: %i', async (status) => {
    const { registry, repository } = await started();
    registry.faults = ({ path }) => (path.includes('mount=') ? { status } : undefined);
    const bytes = someBytes(100);
    expect(await repository.receive(descriptorOf(bytes), new Giving(bytes), { mountFrom: ['base'] })).toBe('sent');
    expect(registry.requests.filter(({ path }) => path.includes('mount='))).toHaveLength(1);
  });

  it('takes content that can be read once', async () => {
    const { registry, repository } = await started();
    const bytes = someBytes(2_000_000);
    await repository.push(descriptorOf(bytes), new Giving(bytes).fetch(descriptorOf(bytes)));
    expect(registry.repository('a/b').blobs.get(digestOf(bytes))?.equals(bytes)).toBe(true);
    const other = someBytes(2_000_000, 2);
    let cut = false;
    registry.faults = ({ method }) => {
      if (method !== 'PATCH' || cut) return undefined;
      cut = true;
      return { cutAfter: 1000, direction: 'request' };
    };
    const pushed = repository.push(descriptorOf(other), new Giving(other).fetch(descriptorOf(other)));
    await expect(pushed).rejects.toMatchObject({ code: 'INGOT_REGISTRY_CUT' });
  });

  it('says what a tag names, by HEAD or by GET', async () => {
    const { registry, repository } = await started();
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    await repository.tag(image.root, image.bytes, 'v1');
    registry.requests.length = 0;
    expect(await repository.resolve('v1')).toEqual(image.root);
    registry.faults = ({ method }) => (method === 'HEAD' ? { status: 405 } : undefined);
    expect(await repository.resolve('v1')).toEqual(image.root);
    expect(await repository.resolve(image.root.digest)).toEqual(image.root);
    expect(await repository.manifest('v1')).toMatchObject({ descriptor: image.root });
  });

  it('compares the digest of the bytes with what the registry says, and with what was asked for', async () => {
    const { registry, repository } = await started();
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    await repository.tag(image.root, image.bytes, 'v1');
    const wrong = { code: 'INGOT_REGISTRY_DIGEST' };
    registry.faults = () => ({ addHeaders: { 'docker-content-digest': digestOf(someBytes(1)) } });
    await expect(repository.manifest('v1')).rejects.toMatchObject(wrong);
    await expect(repository.resolve(image.root.digest)).rejects.toMatchObject(wrong);
    await expect(repository.tag(image.root, image.bytes, 'v2')).rejects.toMatchObject(wrong);
    registry.faults = () => ({ change: (body) => Buffer.from(body.toString().replace('2', '2 ')) });
    await expect(repository.manifest(image.root.digest)).rejects.toMatchObject(wrong);
  });

  it('names the near tags where there is not the one', async () => {
    const { registry, repository } = await started({ pageSize: 2 });
    for (const tag of ['1.0.0', '1.0.1', '2.0', 'latest', 'x'])
      registry.repository('a/b').addManifest(oci.index, Buffer.from('{}'), tag);
    await expect(repository.resolve('1.0.2')).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_MISSING',
      message: `${registry.host}/a/b has no tag "1.0.2"; there is 1.0.0, 1.0.1, 2.0`,
    });
    await expect(repository.manifest(digestOf(someBytes(5)))).rejects.toMatchObject({ code: 'INGOT_REGISTRY_MISSING' });
  });

  it('refuses what is no tag before it asks', async () => {
    const { registry, repository } = await started();
    await expect(repository.resolve('../x')).rejects.toMatchObject({ code: 'INGOT_REFERENCE_SYNTAX' });
    expect(registry.requests).toEqual([]);
  });

  it('refuses a manifest that is too large, HTML, or of an old kind', async () => {
    const { registry, repository } = await started();
    const put = (mediaType: string, bytes: Buffer) => registry.repository('a/b').addManifest(mediaType, bytes, 'v');
    put(oci.manifest, Buffer.alloc(4 * 1024 * 1024 + 1, 32));
    await expect(repository.manifest('v')).rejects.toMatchObject({ code: 'INGOT_REGISTRY_LIMIT' });
    put('text/html', Buffer.from('<html>'));
    await expect(repository.manifest('v')).rejects.toMatchObject({ code: 'INGOT_REGISTRY_ANSWER' });
    put('application/vnd.docker.distribution.manifest.v1+prettyjws', Buffer.from('{"schemaVersion":1}'));
    await expect(repository.manifest('v')).rejects.toMatchObject({ code: 'INGOT_REGISTRY_MANIFEST' });
    put('application/json', Buffer.from(`{"mediaType":"${docker.manifest}"}`));
    expect((await repository.resolve('v')).mediaType).toBe(docker.manifest);
  });

  it('refuses a manifest that never ends', async () => {
    const server = createServer((_request, response) => {
      const more = () => void response.write(Buffer.alloc(65_536, 32), (error) => (error == null ? more() : undefined));
      more();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    const fetched = open().repository(`localhost:${port}/a/b`).manifest('v');
    await expect(fetched).rejects.toMatchObject({ code: 'INGOT_REGISTRY_LIMIT' });
    server.closeAllConnections();
    server.close();
  });

  it('lists its tags, in pages', async () => {
    const { registry, repository } = await started({ pageSize: 2 });
    const tags = ['a', 'b', 'c', 'd', 'e'];
    for (const tag of tags) registry.repository('a/b').addManifest(oci.index, Buffer.from('{}'), tag);
    expect(await Array.fromAsync(repository.tags())).toEqual(tags);
    registry.faults = () => ({ status: 200, body: '{"name":"a/b","tags":null}' });
    expect(await Array.fromAsync(repository.tags())).toEqual([]);
  });

  it.each([
    [
      'a circle',
      { status: 200, headers: { link: '</v2/a/b/tags/list?n=1000&x=1>; rel="next"' }, body: '{"tags":["a"]}' },
    ],
    [
      'another host',
      { status: 200, headers: { link: '<http://elsewhere.example/v2/>; rel="next"' }, body: '{"tags":["a"]}' },
    ],
    ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['no tags', { status: 200, body: '{"tags":["\u001b[2J"]}' }],
    ['no list', { status: 200, body: '{"tags":{}}' }],
  ])('refuses a list that is %s', async (_what, answer) => {
    const { repository } = await started({ faults: () => answer });
    await expect(Array.fromAsync(repository.tags())).rejects.toMatchObject({ code: 'INGOT_REGISTRY_ANSWER' });
  });

  it.each([true, false])('keeps account of what is attached, with the API or without (%s)', async (referrers) => {
    const { registry, repository } = await started({ referrers });
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    const config = descriptorOf(Buffer.from('{}'), oci.empty);
    await repository.receive(config, new Giving(Buffer.from('{}')));
    const one = attached(image.root, config, 'application/vnd.example.sbom');
    const two = attached(image.root, config);
    for (const { bytes, descriptor } of [one, two, one]) {
      await repository.push(descriptor, new Giving(bytes).fetch(descriptor));
    }
    const all = await repository.referrers(image.root.digest);
    expect(all.map(({ digest }) => digest).sort()).toEqual([one.descriptor.digest, two.descriptor.digest].sort());
    expect(await repository.referrers(image.root.digest, oci.empty)).toMatchObject([
      { ...two.descriptor, artifactType: oci.empty, annotations: { about: 'it' } },
    ]);
    expect(registry.repository('a/b').tags.has(image.root.digest.replace(':', '-'))).toBe(!referrers);
    await repository.remove(one.descriptor.digest);
    expect(await repository.referrers(image.root.digest)).toHaveLength(1);
    expect(await repository.referrers(digestOf(someBytes(3)))).toEqual([]);
  });

  it.each([
    ['its web site, a page', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['another host, which wants fewer requests', undefined],
  ])('goes by the tag where the referrers API leads to %s', async (_, page) => {
    await using site = await startRegistry({ faults: () => ({ status: 429 }) });
    const away = { status: 303, headers: { location: `${site.url}/packages` } };
    const { registry, repository } = await started({ referrers: false });
    registry.faults = ({ path }) => (path.includes('/referrers/') ? (page ?? away) : undefined);
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    const { bytes, descriptor } = attached(image.root, image.config);
    await repository.push(descriptor, new Giving(bytes).fetch(descriptor));
    expect(await repository.referrers(image.root.digest)).toMatchObject([descriptor]);
  });

  it('is not misled where the tag of the referrers is read as the digest', async () => {
    const { registry, repository } = await started({ referrers: false });
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    const index = encodeJson({ schemaVersion: 2, mediaType: oci.index, manifests: [image.root] });
    const root = descriptorOf(index, oci.index);
    await repository.push(root, new Giving(index).fetch(root));
    const headers = { 'content-type': oci.index };
    const itself = { status: 200, headers, body: Buffer.from(index) };
    registry.faults = ({ path }) => (path.endsWith(root.digest.replace(':', '-')) ? itself : undefined);
    expect(await repository.referrers(root.digest)).toEqual([]);
  });

  it('takes a blob where nobody may ask for it by HEAD', async () => {
    const { registry, repository } = await started();
    registry.faults = ({ method, path }) =>
      method === 'HEAD' && path.includes('/blobs/') ? { status: 405 } : undefined;
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    expect(registry.repository('a/b').blobs.size).toBe(2);
  });

  it('deletes tags and manifests, and says where it cannot', async () => {
    const { registry, repository } = await started();
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    await repository.tag(image.root, image.bytes, 'v1');
    await repository.remove('v1');
    expect(registry.repository('a/b').tags.size).toBe(0);
    await repository.remove(image.root.digest);
    expect(registry.repository('a/b').manifests.size).toBe(0);
    await expect(repository.remove('v1')).rejects.toMatchObject({ code: 'INGOT_REGISTRY_MISSING' });
    registry.faults = ({ method }) => (method === 'DELETE' ? { status: 405 } : undefined);
    await expect(repository.remove('v1')).rejects.toMatchObject({ code: 'INGOT_REGISTRY_UNSUPPORTED' });
  });

  it('finds out whether one may push, and leaves nothing behind', async () => {
    const { registry, repository } = await started();
    await repository.checkPush();
    expect(registry.lines.map((line) => line.slice(0, 8))).toEqual(['POST 202', 'DELETE 2']);
    expect(registry.repository('a/b').uploads.size).toBe(0);
  });

  it('says where curl finds things', async () => {
    const { registry, repository } = await started();
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    for (const descriptor of [image.root, image.layers[0]!]) {
      const { url, headers } = await repository.url(descriptor);
      const answer = await fetch(url, { headers: headers as Record<string, string> });
      expect(digestOf(await answer.bytes())).toBe(descriptor.digest);
    }
    expect((await repository.url(image.root)).url).toBe(`${registry.url}/v2/a/b/manifests/${image.root.digest}`);
  });

  it('is a store: manifests are fetched by digest', async () => {
    const { repository } = await started();
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    expect(await repository.exists(image.root)).toBe(true);
    expect(Buffer.from(await readBlob(repository, image.root))).toEqual(Buffer.from(image.bytes));
    expect((await bytesOf(repository.fetch(image.layers[0]!))).length).toBe(10);
  });
});
