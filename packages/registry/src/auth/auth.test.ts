import { writeFileSync } from 'node:fs';
import { copy } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { TokenServer } from '../../../../tools/registry/token-server.ts';
import { Giving, descriptorOf, imageOf, someBytes } from '../test/blobs.ts';
import { testRegistries } from '../test/open.ts';
import type { OciRegistryOptions } from '../../../../tools/registry/oci-registry.ts';

const { at, open, startRegistry } = testRegistries();
const users = { ada: 'secret of ada', bob: 'secret of bob' };

/** The auth file that holds this for the registry. */
function authFile(host: string, entry: object): string {
  writeFileSync(at('auth.json'), JSON.stringify({ auths: { [host]: entry } }));
  return at('auth.json');
}

function password(user: string, secret: string): object {
  return { auth: Buffer.from(`${user}:${secret}`).toString('base64') };
}

/** A registry that wants a login, and a repository of it for who has this entry in the auth file. */
async function started(options: OciRegistryOptions, entry?: object, name = 'a/b') {
  const registry = await startRegistry({ users, ...options });
  const registries = open(entry === undefined ? {} : { authFile: authFile(registry.host, entry) });
  return { registry, registries, repository: registries.repository(`${registry.host}/${name}`) };
}

describe('Basic', () => {
  it('lets in with the right password', async () => {
    const { registry, repository } = await started({ auth: 'basic' }, password('ada', users.ada));
    const image = await imageOf(someBytes(10));
    await copy(image.root, image.store, repository);
    expect(registry.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });

  it('tells a wrong password from none, and both from a missing right', async () => {
    const nobody = await started({ auth: 'basic' });
    await expect(nobody.repository.checkPush()).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_LOGIN',
      message: expect.stringContaining('wants a login to push'),
      help: `Log in: ingot login ${nobody.registry.host}`,
    });
    const wrong = await started({ auth: 'basic' }, password('ada', 'not this'));
    const refused = wrong.repository.checkPush();
    await expect(refused).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_LOGIN',
      message: expect.stringContaining(`does not accept the login as ada (from ${at('auth.json')})`),
    });
    const reader = await started(
      { auth: 'basic', allow: (_user, _name, action) => action === 'pull' },
      password('bob', users.bob),
    );
    await expect(reader.repository.checkPush()).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_DENIED',
      status: 403,
      reason: 'DENIED',
      message: expect.stringContaining('as bob'),
    });
  });
});

describe('Bearer', () => {
  it('asks once for a token for each scope, and pushes an unchanged image with four requests', async () => {
    const { registry, repository } = await started({ auth: 'bearer' }, password('ada', users.ada));
    const image = await imageOf(someBytes(10), someBytes(10, 2));
    const push = async (to: typeof repository) => {
      await copy(image.root, image.store, to);
      await to.tag(image.root, image.bytes, 'v1');
    };
    await push(repository);
    expect(registry.tokens!.requests.map(({ scopes }) => scopes)).toEqual([
      ['repository:a/b:pull'],
      ['repository:a/b:pull,push'],
    ]);
    const again = open({ authFile: at('auth.json') }).repository(`${registry.host}/a/b`);
    registry.requests.length = 0;
    await push(again);
    expect(registry.requests.map(({ method, status }) => `${method} ${status}`)).toEqual([
      'HEAD 401',
      'HEAD 200',
      'HEAD 200',
    ]);
    expect(registry.tokens!.requests).toHaveLength(3);
  });

  it('asks for the right to push with the first request, where a push is to come', async () => {
    const { registry, repository } = await started({ auth: 'bearer' }, password('ada', users.ada));
    await repository.expectPush();
    expect(await repository.digestOf('v1')).toBeUndefined();
    expect(registry.tokens!.requests.map(({ scopes }) => scopes)).toEqual([['repository:a/b:pull,push']]);
  });

  it('asks for no right to find out whether a login is taken', async () => {
    const { registry, repository } = await started({ auth: 'bearer' }, password('ada', users.ada));
    const scope = 'repository:user/image:pull';
    const challenge = `Bearer realm="${registry.tokens!.url}",service="x",scope="${scope}"`;
    registry.faults = ({ headers }) =>
      headers.authorization === undefined ? { status: 401, headers: { 'www-authenticate': challenge } } : undefined;
    await repository.checkLogin();
    expect(registry.tokens!.requests.map(({ scopes }) => scopes)).toEqual([[]]);
    const wrong = await started({ auth: 'bearer' }, password('ada', 'not this'));
    await expect(wrong.repository.checkLogin()).rejects.toMatchObject({ code: 'INGOT_REGISTRY_LOGIN' });
  });

  it('says to log in to the registry, whoever gives its tokens', async () => {
    const { registry, repository } = await started({ auth: 'bearer' }, password('ada', 'not this'));
    await expect(repository.resolve('v1')).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_LOGIN',
      message: expect.stringContaining(new URL(registry.tokens!.url).host),
      help: `Log in: ingot login ${registry.host}`,
    });
  });

  it('asks for both repositories where a blob is mounted', async () => {
    const { registry, repository } = await started({ auth: 'bearer' }, password('ada', users.ada));
    const bytes = someBytes(10);
    registry.repository('base').addBlob(bytes);
    expect(await repository.receive(descriptorOf(bytes), new Giving(bytes), { mountFrom: ['base'] })).toBe('mounted');
    expect(registry.tokens!.requests.at(-1)!.scopes).toEqual(['repository:a/b:pull,push', 'repository:base:pull']);
  });

  it.each(['token', 'access_token'] as const)('takes the token that is called %s', async (field) => {
    await using tokens = await TokenServer.start({ users, field });
    const { repository } = await started({ auth: 'bearer', tokens }, password('ada', users.ada));
    await repository.checkPush();
  });

  it('gets a new token when one has expired in the middle, and goes on with the upload', async () => {
    const { registry, repository } = await started({ auth: 'bearer' }, password('ada', users.ada));
    const large = someBytes(3_000_000);
    let patches = 0;
    registry.faults = ({ method }) => {
      if (method !== 'PATCH') return undefined;
      patches += 1;
      if (patches === 1) return { cutAfter: 1_000_000, direction: 'request' };
      if (patches === 2) registry.tokens!.expire();
      return undefined;
    };
    const from = new Giving(large);
    let told = 0;
    await repository.receive(descriptorOf(large), from, { onBytes: (count) => (told += count) });
    expect(registry.requests.filter(({ method }) => method === 'PATCH').map(({ status }) => status)).toEqual([
      0, 401, 202,
    ]);
    expect(told).toBe(large.length);
    expect(registry.repository('a/b').blobs.get(descriptorOf(large).digest)!.equals(large)).toBe(true);
  });

  it('gives up after one new token', async () => {
    const { registry, repository } = await started({ auth: 'bearer' }, password('ada', users.ada));
    registry.faults = ({ path }) => (path.includes('uploads') ? void registry.tokens!.expire() : undefined);
    await expect(repository.checkPush()).rejects.toMatchObject({ code: 'INGOT_REGISTRY_LOGIN' });
    expect(registry.requests).toHaveLength(2);
  });

  it('keeps no token longer than it lives', async () => {
    await using tokens = await TokenServer.start({ users, expiresIn: 0.000_001 });
    const { repository } = await started({ auth: 'bearer', tokens }, password('ada', users.ada));
    await repository.checkPush();
    await repository.checkPush();
    expect(tokens.requests.length).toBeGreaterThan(3);
  });

  it('exchanges an identity token', async () => {
    await using tokens = await TokenServer.start({ users, identityTokens: { 'secret identity': 'ada' } });
    const { repository } = await started({ auth: 'bearer', tokens }, { auth: '', identitytoken: 'secret identity' });
    await repository.checkPush();
    expect(tokens.requests.map(({ method, grant, path }) => ({ method, grant, path }))).toEqual([
      { method: 'POST', grant: 'refresh_token', path: '/token' },
    ]);
  });

  it('goes without a login where nobody in particular may pull', async () => {
    const allow: OciRegistryOptions['allow'] = (user, _name, action) => user !== undefined || action === 'pull';
    const { registry, repository } = await started({ auth: 'bearer', allow });
    const bytes = someBytes(10);
    registry.repository('a/b').addBlob(bytes);
    expect(await repository.exists(descriptorOf(bytes))).toBe(true);
    await expect(repository.checkPush()).rejects.toMatchObject({ code: 'INGOT_REGISTRY_LOGIN' });
  });

  it('tells a wrong password from a missing right', async () => {
    const wrong = await started({ auth: 'bearer' }, password('ada', 'not this'));
    await expect(wrong.repository.checkPush()).rejects.toMatchObject({ code: 'INGOT_REGISTRY_LOGIN' });
    const reader = await started(
      { auth: 'bearer', allow: (_user, _name, action) => action === 'pull' },
      password('bob', users.bob),
    );
    await expect(reader.repository.checkPush()).rejects.toMatchObject({
      code: 'INGOT_REGISTRY_DENIED',
      message: expect.stringContaining('as bob'),
    });
  });

  it.each([
    ['a page', '<html>'],
    ['nothing of use', '{"token":5}'],
    ['a header of its own', '{"token":"a\\r\\nx: y"}'],
  ])('refuses a token service that answers with %s', async (_what, body) => {
    const service = await startRegistry({ faults: () => ({ status: 200, body }) });
    const challenge = { 'www-authenticate': `Bearer realm="${service.url}/token"` };
    const { repository } = await started({ faults: () => ({ status: 401, headers: challenge }) });
    await expect(repository.checkPush()).rejects.toMatchObject({ code: 'INGOT_REGISTRY_AUTH' });
  });

  it.each(['Bearer service="x"', 'Bearer realm="file:///etc/passwd"'])(
    'refuses the challenge %s',
    async (challenge) => {
      const { repository } = await started({
        faults: () => ({ status: 401, headers: { 'www-authenticate': challenge } }),
      });
      await expect(repository.checkPush()).rejects.toMatchObject({ code: 'INGOT_REGISTRY_AUTH' });
    },
  );
});

describe('a secret', () => {
  const secrets = [
    users.ada,
    'secret identity',
    Buffer.from(`ada:${users.ada}`).toString('base64'),
    'signature-of-storage',
  ];

  it('is in no error, and goes to no other host', async () => {
    const storage = await startRegistry({ faults: () => ({ status: 403, body: 'no' }) });
    const { registry, repository } = await started(
      {
        auth: 'basic',
        redirectBlobsTo: (_name, digest) => `${storage.url}/x/${digest}?X-Signature=signature-of-storage`,
      },
      password('ada', users.ada),
    );
    const bytes = someBytes(10);
    registry.repository('a/b').addBlob(bytes);
    const error: unknown = await Array.fromAsync(repository.fetch(descriptorOf(bytes))).catch(
      (caught: unknown) => caught,
    );
    expect(error).toMatchObject({ code: 'INGOT_REGISTRY_FAILED', status: 403 });
    expect(new Set(storage.requests.map(({ headers }) => headers.authorization))).toEqual(new Set([undefined]));
    const text = texts(error);
    expect(text).toContain(storage.url);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('is in no error of a token service', async () => {
    await using tokens = await TokenServer.start({ users });
    const { repository } = await started({ auth: 'bearer', tokens }, { auth: '', identitytoken: 'secret identity' });
    const error: unknown = await repository.checkPush().catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'INGOT_REGISTRY_LOGIN' });
    for (const secret of secrets) expect(texts(error)).not.toContain(secret);
  });

  /** All that a log could show of an error. */
  function texts(error: unknown): string {
    const { message, stack, cause, ...others } = error as Error;
    return `${message}\n${stack}\n${JSON.stringify(others)}\n${cause === undefined ? '' : texts(cause)}`;
  }
});
