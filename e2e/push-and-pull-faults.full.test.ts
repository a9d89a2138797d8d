import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { BlobStore, cachedIn, copy, LayoutStore, readBlob } from '@ingot/content';
import type { Descriptor, Fetcher } from '@ingot/content';
import { openRegistries } from '@ingot/registry';
import type { Limits, Registries, RegistriesOptions, Repository } from '@ingot/registry';

import { certificateAuthority } from '../tools/registry/certificates.ts';
import { CuttingProxy } from '../tools/registry/cutting-proxy.ts';
import type { Cut } from '../tools/registry/cutting-proxy.ts';
import { DockerRegistry } from '../tools/registry/docker-registry.ts';
import { Front } from '../tools/registry/front.ts';
import { OciRegistry } from '../tools/registry/oci-registry.ts';
import type { Fault, LoggedRequest } from '../tools/registry/oci-registry.ts';
import { testFolder } from '../tools/registry/temporary-folder.ts';
import { TokenServer } from '../tools/registry/token-server.ts';
import { isWhole, killedAndPushedAgain, lacking, layeredImage, overhead, partsOf } from './killed-push.ts';
import { noise, startPush } from './killed-push.ts';
import type { SampleImage } from './sample-layout.ts';
import { sampleLayout } from './sample-layout.ts';

const at = testFolder();
let layout: string;
let image: SampleImage;
let debian: DockerRegistry;
beforeAll(async () => {
  layout = await mkdtemp(join(tmpdir(), 'ingot-layout-'));
  [image, debian] = await Promise.all([layeredImage(layout), DockerRegistry.start()]);
});
afterAll(async () => {
  await debian?.[Symbol.asyncDispose]();
  await rm(layout, { recursive: true, force: true });
});

/** A repository that nothing was pushed to. */
let repositories = 0;
const unused = () => `repository-${(repositories += 1)}`;

const opened: Registries[] = [];
afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

/** Nothing of this machine's settings counts, and nobody waits. */
function open(options: RegistriesOptions = {}): Registries & { readonly waits: readonly number[] } {
  const waits: number[] = [];
  const { env, ...others } = options;
  const registries = openRegistries({
    env: { HOME: at('home'), INGOT_STORE: at('store'), ...env },
    wait: async (milliseconds) => void waits.push(milliseconds),
    ...others,
  });
  opened.push(registries);
  return { waits, repository: (reference) => registries.repository(reference), close: () => registries.close() };
}

async function push(repository: Repository, { manifest } = image, folder = layout, concurrency = 4): Promise<void> {
  const store = new LayoutStore(folder);
  await copy(manifest, store, repository, { concurrency });
  await repository.tag(manifest, await readBlob(store, manifest), '1');
}

describe('a push that is killed', () => {
  it('sends the rest alone when it is started again', async () => {
    const { rest, sent, how } = await killedAndPushedAgain(debian, 3_100_000, layout, image, at());
    expect(sent).toBeLessThan(rest + overhead);
    const again = partsOf(image).filter(({ digest }) => how.some(([one, done]) => one === digest && done === 'sent'));
    // The registry may have finished another blob in between.
    expect(again.reduce((sum, { size }) => sum + size, 0)).toBeLessThanOrEqual(rest);
  });
});

describe('a connection', () => {
  const cuts: [string, Cut, Limits][] = [
    ['reset on the way up', { direction: 'up', after: 400_000, times: 5, how: 'reset' }, {}],
    ['ended on the way up', { direction: 'up', after: 900_000, times: 3, how: 'end' }, {}],
    ['reset on the way down', { direction: 'down', after: 1500, times: 3, how: 'reset' }, {}],
    ['ended on the way down', { direction: 'down', after: 900, times: 4, how: 'end' }, {}],
    [
      'that stands still on the way up',
      { direction: 'up', after: 2_000_000, how: 'stall' },
      { headers: 1000, idle: 1000 },
    ],
    ['whose answer does not come', { direction: 'down', after: 2000, how: 'stall' }, { headers: 1000, idle: 1000 }],
  ];
  it.each(cuts)('%s ends no push', async (_name, cut, limits) => {
    await using proxy = await CuttingProxy.start(debian.host);
    proxy.cut(cut);
    const name = unused();
    await push(open({ limits }).repository(`${proxy.host}/${name}`));
    expect(proxy.cuts).toBe(cut.times ?? 1);
    expect(await isWhole(debian, name, '1', image)).toBe(true);
    expect(await lacking(debian, name, image)).toBe(0);
  });

  it.each(['reset', 'end'] as const)('cut on the way down (%s) ends no pull, and brings no byte twice', async (how) => {
    const name = unused();
    await push(open().repository(`${debian.host}/${name}`));
    await using proxy = await CuttingProxy.start(debian.host);
    proxy.cut({ direction: 'down', after: 700_000, times: 6, how });
    const repository = open().repository(`${proxy.host}/${name}`);
    await copy(image.manifest, repository, new BlobStore(at('pulled')), { concurrency: 1 });
    expect(proxy.cuts).toBe(6);
    const total = partsOf(image).reduce((sum, { size }) => sum + size, 0);
    // A reset overtakes what is still on its way: that is asked for again.
    if (how === 'end') expect(proxy.bytes.down).toBeLessThan(total + overhead);
    for (const part of partsOf(image)) expect(await new BlobStore(at('pulled')).exists(part)).toBe(true);
  });
});

describe('a registry', () => {
  it('that has too much to do is waited for as long as it asks', async () => {
    await using front = await Front.start({ upstream: debian.host });
    await front.fail(429);
    const waits: number[] = [];
    const wait = async (milliseconds: number) => {
      waits.push(milliseconds);
      await front.mend();
    };
    const name = unused();
    await push(open({ wait }).repository(`${front.host}/${name}`));
    expect(new Set(waits)).toEqual(new Set([7000]));
    expect(await isWhole(debian, name, '1', image)).toBe(true);
  });

  it.each([500, 502, 503])('that answers %d once to each kind of request is asked again', async (status) => {
    const failed = new Set<string>();
    const faults = ({ method, path }: LoggedRequest): Fault | undefined => {
      const kind = `${method} ${path.replace(/\?.*/, '').replace(/(uploads|manifests|blobs)\/.+/, '$1')}`;
      if (failed.has(kind)) return undefined;
      failed.add(kind);
      return { status, body: '<html>nginx</html>', headers: { 'content-type': 'text/html' } };
    };
    await using registry = await OciRegistry.start({ faults });
    await push(open().repository(`${registry.host}/a`));
    expect([...failed].map((kind) => kind.split(' ')[0])).toEqual(expect.arrayContaining(['POST', 'PATCH', 'PUT']));
    expect(registry.repository('a').tags.get('1')).toBe(image.manifest.digest);
  });

  it('that lacks a blob in the end gets neither manifest nor tag', async () => {
    const last = image.layers.at(-1)!.digest;
    const faults = ({ method, path }: LoggedRequest): Fault | undefined =>
      method === 'PUT' && decodeURIComponent(path).includes(last) ? { status: 500 } : undefined;
    await using registry = await OciRegistry.start({ faults });
    const pushed = push(open().repository(`${registry.host}/a`));
    await expect(pushed).rejects.toMatchObject({ code: 'INGOT_REGISTRY_FAILED' });
    expect(registry.repository('a').tags.size).toBe(0);
    expect(registry.repository('a').manifests.size).toBe(0);
  });

  it('whose tokens expire again and again gets new ones', async () => {
    const users = { ann: 'pass-w0rd' };
    await using tokens = await TokenServer.start({ users });
    let requests = 0;
    const faults = () => void (++requests % 5 === 0 && tokens.expire());
    await using registry = await OciRegistry.start({ auth: 'bearer', users, tokens, faults });
    const env = { INGOT_REGISTRY: registry.host, INGOT_REGISTRY_USERNAME: 'ann', INGOT_REGISTRY_PASSWORD: users.ann };
    // One after the other, so that no token expires before it was used once.
    await push(open({ env }).repository(`${registry.host}/a`), image, layout, 1);
    expect(registry.repository('a').tags.get('1')).toBe(image.manifest.digest);
    expect(tokens.requests.length).toBeGreaterThan(3);
  });

  it('that names another digest than was pushed is an error, and gets no tag', async () => {
    const wrong = { 'docker-content-digest': `sha256:${'0'.repeat(64)}` };
    const faults = ({ method, path }: LoggedRequest): Fault | undefined =>
      method === 'PUT' && path.includes('/manifests/') ? { addHeaders: wrong } : undefined;
    await using registry = await OciRegistry.start({ faults });
    const pushed = push(open().repository(`${registry.host}/a`));
    await expect(pushed).rejects.toMatchObject({ code: 'INGOT_REGISTRY_DIGEST' });
    expect(registry.repository('a').tags.size).toBe(0);
  });
});

describe('a pull into the store', () => {
  const wrong: [string, Fault, RegExp][] = [
    ['a short body', { change: (body) => body.subarray(0, body.length - 1) }, /INGOT_BLOB_WRONG/],
    ['a long body', { change: (body) => Buffer.concat([body, Buffer.from('x')]) }, /INGOT_BLOB_WRONG/],
    ['other bytes', { change: (body) => Buffer.alloc(body.length, 7) }, /INGOT_BLOB_WRONG/],
    ['no bytes', { change: () => Buffer.alloc(0) }, /INGOT_BLOB_WRONG/],
    [
      'a page of HTML',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      /INGOT_REGISTRY_ANSWER/,
    ],
    ['a connection that always ends', { cutAfter: 0, direction: 'response' }, /INGOT_REGISTRY_CUT/],
  ];
  it.each(wrong)('that is given %s keeps nothing of it', async (_name, fault, code) => {
    await using registry = await OciRegistry.start();
    const { repository } = { repository: open().repository(`${registry.host}/a`) };
    await push(repository);
    const layer = image.layers[3]!;
    registry.faults = ({ method, path }) => (method === 'GET' && path.includes(layer.digest) ? fault : undefined);
    const store = new BlobStore(at('pulled'));
    const read = readAll(cachedIn(store, repository), layer);
    await expect(read).rejects.toMatchObject({ code: expect.stringMatching(code) });
    expect(await store.exists(layer)).toBe(false);
    expect(await filesIn(at('pulled'))).toEqual([]);
    registry.faults = undefined;
    await readAll(cachedIn(store, repository), layer);
    expect(await store.exists(layer)).toBe(true);
  });

  it('notices another manifest than was asked for', async () => {
    await using registry = await OciRegistry.start();
    const repository = open().repository(`${registry.host}/a`);
    await push(repository);
    const wrongHeader = { addHeaders: { 'docker-content-digest': `sha256:${'1'.repeat(64)}` } };
    const wrongBytes = { change: (body: Buffer) => Buffer.concat([body, Buffer.from(' ')]) };
    for (const fault of [wrongHeader, wrongBytes]) {
      registry.faults = ({ method, path }) => (method === 'GET' && path.includes('/manifests/') ? fault : undefined);
      for (const name of ['1', image.manifest.digest]) {
        await expect(repository.manifest(name)).rejects.toMatchObject({ code: 'INGOT_REGISTRY_DIGEST' });
      }
    }
    const store = new BlobStore(at('pulled'));
    await expect(readAll(cachedIn(store, repository), image.manifest)).rejects.toThrow();
    expect(await filesIn(at('pulled'))).toEqual([]);
  });

  it('follows blobs to another host, without the credentials', async () => {
    const users = { ann: 'pass-w0rd' };
    const authority = await certificateAuthority();
    const tls = await authority.issue('localhost');
    await using registry = await DockerRegistry.start({ users });
    // nginx as the object store: it answers 400 to whoever shows credentials.
    await using objects = await Front.start({ storage: registry.storage, tls });
    await using front = await Front.start({ upstream: registry.host, tls, redirectBlobsTo: objects.url });
    await writeFile(at('ca.pem'), authority.cert);
    const env = { INGOT_REGISTRY: front.host, INGOT_REGISTRY_USERNAME: 'ann', INGOT_REGISTRY_PASSWORD: users.ann };
    const repository = open({ env, registries: { [front.host]: { caFile: at('ca.pem') } } }).repository(
      `${front.host}/a`,
    );
    await push(repository);
    const store = new BlobStore(at('pulled'));
    await copy(image.manifest, repository, store);
    for (const part of partsOf(image)) expect(await store.exists(part)).toBe(true);
  });
});

describe('processes side by side', () => {
  /** Images of their own that share two layers. */
  async function family(count: number): Promise<readonly Descriptor[]> {
    const base = { base: noise(1_500_000, 77) };
    const second = { second: noise(400_000, 78) };
    let shared: readonly Descriptor[] = [];
    for (let index = 0; index < count; index += 1) {
      const layers = [base, second, { own: `image ${index}` }];
      const image = await sampleLayout(at(`image-${index}`), { layers, compression: 'none' });
      shared = image.layers.slice(0, 2);
    }
    return shared;
  }
  const sentTimes = (registry: OciRegistry, { digest }: Descriptor) =>
    registry.requests.filter(
      ({ method, path, status }) =>
        method === 'PUT' && status === 201 && decodeURIComponent(path).includes(`digest=${digest}`),
    ).length;

  /** The upload of the first waits until all have asked whether the blob is there. */
  function togetherAt({ digest }: Descriptor, count: number): (request: LoggedRequest) => Fault | undefined {
    let go: () => void = () => undefined;
    const all = new Promise<void>((resolve) => (go = resolve));
    let asked = 0;
    return ({ method, path }) => {
      if (method === 'HEAD' && path.endsWith(digest) && (asked += 1) === count) go();
      return method === 'POST' ? { delay: all } : undefined;
    };
  }

  it('send what they share once', async () => {
    const shared = await family(4);
    await using registry = await OciRegistry.start({ faults: togetherAt(shared[0]!, 4) });
    const pushes = [0, 1, 2, 3].map((n) => startPush(at(`image-${n}`), at('store'), `${registry.host}/team/${n}:1`));
    const results = await Promise.all(pushes.map(({ done }) => done));
    expect(results.map(({ code, all }) => [code, all])).toEqual(results.map(({ stdout }) => [0, stdout]));
    for (const blob of shared) expect(sentTimes(registry, blob)).toBe(1);
    for (const n of [0, 1, 2, 3]) expect(registry.repository(`team/${n}`).tags.has('1')).toBe(true);
  });

  it('send it once also to one and the same repository', async () => {
    const shared = await family(3);
    await using registry = await OciRegistry.start({ faults: togetherAt(shared[0]!, 3) });
    const pushes = [0, 1, 2].map((n) => startPush(at(`image-${n}`), at('store'), `${registry.host}/team/one:${n}`));
    const results = await Promise.all(pushes.map(({ done }) => done));
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    for (const blob of shared) expect(sentTimes(registry, blob)).toBe(1);
    expect([...registry.repository('team/one').tags.keys()].sort()).toEqual(['0', '1', '2']);
  });

  it('go on when the one that sends is killed', async () => {
    const shared = await family(3);
    const big = shared[0]!;
    let began: () => void = () => undefined;
    const sending = new Promise<void>((resolve) => (began = resolve));
    const never = new Promise<never>(() => undefined);
    let held = false;
    await using registry = await OciRegistry.start({
      // The first part of the large blob stands still, with the lock held.
      faults: ({ method }) => {
        if (held || method !== 'PATCH') return undefined;
        held = true;
        began();
        return { delay: never };
      },
    });
    const first = startPush(at('image-0'), at('store'), `${registry.host}/team/0:1`);
    await sending;
    const others = [1, 2].map((n) => startPush(at(`image-${n}`), at('store'), `${registry.host}/team/${n}:1`));
    first.kill();
    await first.done;
    const results = await Promise.all(others.map(({ done }) => done));
    expect(results.map(({ code, all }) => [code, all])).toEqual(results.map(({ stdout }) => [0, stdout]));
    expect(sentTimes(registry, big)).toBe(1);
    expect(registry.repository('team/0').tags.size).toBe(0);
  });
});

async function readAll(fetcher: Fetcher, descriptor: Descriptor): Promise<void> {
  for await (const part of fetcher.fetch(descriptor)) void part;
}

/** Files below a folder that hold anything. */
async function filesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const files: string[] = [];
  for (const name of names) {
    const found = await stat(join(folder, name));
    if (found.isFile() && found.size > 0) files.push(name);
  }
  return files.sort();
}
