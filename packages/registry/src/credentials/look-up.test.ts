import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { RegistryError } from '../error.ts';
import { credentialsFor, type CredentialOptions } from './look-up.ts';
import { fakeHelper, program } from './test/fake-helper.ts';

const at = testFolder();
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const dockerHub = 'https://index.docker.io/v1/';

function write(path: string, content: unknown): string {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), typeof content === 'string' ? content : JSON.stringify(content));
  return at(path);
}

function look(name: string, options: CredentialOptions = {}) {
  const [registry = '', ...repository] = name.split('/');
  const env = { HOME: at('home'), PATH: at('bin'), ...options.env };
  return credentialsFor(registry, repository.join('/'), { ...options, env });
}

async function refusal(work: Promise<unknown>): Promise<RegistryError> {
  const error = await work.then(
    () => new Error('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof RegistryError)) throw error;
  // What must never be seen is called so in all of these tests.
  expect(inspect(error, { depth: 9 })).not.toMatch(/secret/i);
  expect(inspect(error, { depth: 9 })).not.toContain(Buffer.from('secret').toString('base64').slice(0, 7));
  return error;
}

describe('credentialsFor', () => {
  it('finds nothing where there is nothing', async () => {
    expect(await look('ghcr.io/a')).toBeUndefined();
    write('home/.docker/config.json', { auths: { 'ghcr.io': {} }, currentContext: 'x' });
    write('home/.config/containers/auth.json', '');
    expect(await look('ghcr.io/a')).toBeUndefined();
  });

  it.each([
    ['ghcr.io/a', 'ghcr.io'],
    ['ghcr.io/a', 'https://ghcr.io'],
    ['ghcr.io/a', 'https://ghcr.io/v2/'],
    ['docker.io/library/debian', dockerHub],
    ['docker.io/library/debian', 'docker.io'],
    ['docker.io/library/debian', 'registry-1.docker.io'],
    ['index.docker.io/library/debian', 'index.docker.io'],
    ['localhost:5000/a', 'localhost:5000'],
  ])('finds %s by %s', async (name, key) => {
    const path = write('home/.docker/config.json', { auths: { 'other.io': auth('x:y'), [key]: auth('ann:se:cret') } });
    expect(await look(name)).toEqual({ username: 'ann', password: 'se:cret', account: 'ann', from: path });
    expect(await look('localhost/a')).toBeUndefined();
    expect(await look('host.io/ghcr.io')).toBeUndefined();
  });

  it('takes the longest path, as Podman does', async () => {
    const entries = {
      'a.io/x/y': auth('deep:p'),
      'a.io/x': auth('mid:p'),
      'a.io': auth('top:p'),
      'b.io/x': auth('b:p'),
    };
    write('home/.config/containers/auth.json', { auths: entries });
    const user = async (name: string) => (await look(name))?.username;
    expect(await user('a.io/x/y')).toBe('deep');
    expect(await user('a.io/x/y/z')).toBe('deep');
    expect(await user('a.io/x/yy')).toBe('mid');
    expect(await user('a.io/xx')).toBe('top');
    expect(await user('b.io/y')).toBeUndefined();
  });

  it('knows every kind of entry', async () => {
    const path = write('home/.docker/config.json', {
      auths: {
        'plain.io': { username: 'ann', password: 'p' },
        'identity.io': { ...auth('ann:'), identitytoken: 'secret' },
        'nameless.io': { identitytoken: 'secret' },
        'token.io': { registrytoken: 'secret' },
        'padded.io': auth('ann:p\0\0'),
      },
    });
    expect(await look('plain.io/a')).toEqual({ username: 'ann', password: 'p', account: 'ann', from: path });
    expect(await look('identity.io/a')).toEqual({ identityToken: 'secret', account: 'ann', from: path });
    expect(await look('nameless.io/a')).toEqual({ identityToken: 'secret', account: 'identity token', from: path });
    expect(await look('token.io/a')).toEqual({ registryToken: 'secret', account: 'registry token', from: path });
    expect(await look('padded.io/a')).toMatchObject({ password: 'p' });
  });

  it('looks in one place after the other', async () => {
    const user = async (options: CredentialOptions = {}) => (await look('a.io/x', options))?.username;
    const entry = (name: string) => ({ auths: { 'a.io': auth(`${name}:p`) } });
    const env: NodeJS.ProcessEnv = {};
    write('home/.config/containers/auth.json', entry('podman'));
    expect(await user()).toBe('podman');
    write('run/containers/auth.json', entry('run'));
    env['XDG_RUNTIME_DIR'] = at('run');
    expect(await user({ env })).toBe('run');
    write('home/.docker/config.json', entry('docker'));
    expect(await user({ env })).toBe('docker');
    write('elsewhere/config.json', entry('elsewhere'));
    env['DOCKER_CONFIG'] = at('elsewhere');
    expect(await user({ env })).toBe('elsewhere');
    env['DOCKER_AUTH_CONFIG'] = JSON.stringify(entry('text'));
    expect(await look('a.io/x', { env })).toMatchObject({ username: 'text', from: '$DOCKER_AUTH_CONFIG' });
    env['REGISTRY_AUTH_FILE'] = write('registry.json', entry('named'));
    expect(await user({ env })).toBe('named');
    const authFile = write('option.json', entry('option'));
    expect(await user({ env, authFile })).toBe('option');
    Object.assign(env, { INGOT_REGISTRY: 'a.io', INGOT_REGISTRY_USERNAME: 'ci', INGOT_REGISTRY_PASSWORD: 'p' });
    expect(await look('a.io/x', { env, authFile })).toEqual({
      username: 'ci',
      password: 'p',
      account: 'ci',
      from: 'INGOT_REGISTRY_USERNAME',
    });
    expect(await look('b.io/x', { env, authFile })).toBeUndefined();
  });

  it('reads no other file beside the one that is named', async () => {
    write('home/.docker/config.json', { auths: { 'a.io': auth('ann:p') } });
    const authFile = write('named.json', {});
    expect(await look('a.io/x', { authFile })).toBeUndefined();
    const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'a.io': auth('ci:p') } });
    expect(await look('a.io/x', { authFile, env: { DOCKER_AUTH_CONFIG } })).toBeUndefined();
    expect(await look('a.io/x', { env: { REGISTRY_AUTH_FILE: '/dev/null' } })).toBeUndefined();
    const error = await refusal(look('a.io/x', { env: { REGISTRY_AUTH_FILE: at('none.json') } }));
    expect(error).toMatchObject({ code: 'INGOT_AUTH_FILE', path: at('none.json') });
    expect(error.message).toMatch(/is not there, but \$REGISTRY_AUTH_FILE names it/);
  });

  it.each<[unknown, RegExp]>([
    ['{"auths": {"a.io": {"auth": "secret', /is not JSON/],
    ['secret', /is not JSON/],
    [['secret'], /no JSON object/],
    [{ auths: ['secret'] }, /auths that is no object/],
    [{ credHelpers: 'secret' }, /credHelpers that is no object/],
    [{ auths: { 'a.io': 'secret' } }, /entry for a\.io that is no object/],
    [{ auths: { 'a.io': { auth: ['secret'] } } }, /wrong auth for a\.io/],
    [{ auths: { 'a.io': auth('secret') } }, /not base64 of user:password/],
    [{ auths: { 'a.io': { identitytoken: { secret: 1 } } } }, /wrong identitytoken/],
    [{ credsStore: ['secret'] }, /no text/],
    ['{}'.padEnd(1_100_000), /more than a million/],
  ])('refuses a wrong file and shows nothing of it: %.60j', async (content, message) => {
    const path = write('home/.docker/config.json', content);
    const error = await refusal(look('a.io/x'));
    expect(error).toMatchObject({ code: 'INGOT_AUTH_FILE', path });
    expect(error.message).toMatch(message);
    if (typeof content !== 'string' || content.length < 1000) {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      const variable = await refusal(look('a.io/x', { env: { HOME: at('nobody'), DOCKER_AUTH_CONFIG: text } }));
      expect(variable.message).toMatch(/\$DOCKER_AUTH_CONFIG/);
    }
  });

  it.each([
    [{ INGOT_REGISTRY: 'a.io' }, 'INGOT_REGISTRY_USERNAME and INGOT_REGISTRY_PASSWORD is not set'],
    [{ INGOT_REGISTRY_PASSWORD: 'secret', INGOT_REGISTRY_USERNAME: 'ann' }, 'INGOT_REGISTRY is not set'],
  ])('refuses half of the variables: %o', async (env, message) => {
    expect(await refusal(look('a.io/x', { env }))).toMatchObject({ code: 'INGOT_CREDENTIALS_ENV', message });
  });
});

describe('a helper', () => {
  it('is asked by the name of the registry, its own before the store for all', async () => {
    const [own, all] = [fakeHelper(at('bin'), 'own'), fakeHelper(at('bin'), 'all.1')];
    write('bin/own.json', { 'a.io': { ServerURL: 'a.io', Username: 'ann', Secret: 'p' } });
    write('bin/all.1.json', {
      [dockerHub]: { ServerURL: dockerHub, Username: 'hub', Secret: 'p' },
      'b.io': { ServerURL: 'b.io', Username: '<token>', Secret: 'identity' },
    });
    const path = write('home/.docker/config.json', { credHelpers: { 'a.io': 'own' }, credsStore: 'all.1' });
    const from = `docker-credential-own (named in ${path})`;
    expect(await look('a.io/x/y')).toEqual({ username: 'ann', password: 'p', account: 'ann', from });
    expect(await look('docker.io/library/debian')).toMatchObject({ username: 'hub' });
    expect(await look('b.io/x')).toMatchObject({ identityToken: 'identity', account: 'identity token' });
    expect(await look('c.io/x')).toBeUndefined();
    expect(own.calls()).toEqual(['get a.io']);
    expect(all.calls()).toEqual([`get ${dockerHub}`, 'get b.io', 'get c.io']);
  });

  it('that has nothing leaves it to the file, and to the next one', async () => {
    fakeHelper(at('bin'), 'all');
    write('home/.docker/config.json', { credsStore: 'all', auths: { 'a.io': auth('ann:p') } });
    write('home/.config/containers/auth.json', { auths: { 'b.io': auth('bob:p') } });
    expect(await look('a.io/x')).toMatchObject({ username: 'ann' });
    expect(await look('b.io/x')).toMatchObject({ username: 'bob' });
  });

  it('that is not installed is an error where it is for this registry, else a warning', async () => {
    const path = write('home/.docker/config.json', { credHelpers: { 'a.io': 'gone' }, credsStore: 'desktop' });
    const error = await refusal(look('a.io/x'));
    expect(error).toMatchObject({ code: 'INGOT_CREDENTIAL_HELPER', path });
    expect(error.message).toMatch(/docker-credential-gone \(named in .*\) is not installed/);
    const warnings: string[] = [];
    expect(await look('b.io/x', { onWarning: (text) => warnings.push(text) })).toBeUndefined();
    expect(warnings).toEqual([`docker-credential-desktop (named in ${path}) is not installed: going on without it`]);
  });

  it.each([
    ['console.log("secret"); process.exit(3)', /failed for a\.io \(exit code 3\)/],
    ['console.log("secret")', /answers with something else/],
    ['console.log(JSON.stringify({ Secret: "secret" }))', /answers with something else/],
    ['for (;;) require("node:fs").writeSync(1, "secret".repeat(9999))', /answers without end/],
    ['process.kill(process.pid, "SIGKILL")', /failed for a\.io/],
  ])('whose answer is wrong is shown nothing of: %s', async (script, message) => {
    program(at('bin'), 'bad', script);
    write('home/.docker/config.json', { credHelpers: { 'a.io': 'bad' } });
    const error = await refusal(look('a.io/x'));
    expect(error.code).toBe('INGOT_CREDENTIAL_HELPER');
    expect(error.message).toMatch(message);
  });

  it('for all registries that fails, as a keyring without a desktop does, is in nobody’s way', async () => {
    program(at('bin'), 'secretservice', 'console.log("Cannot autolaunch D-Bus"); process.exit(1)');
    write('home/.docker/config.json', { credsStore: 'secretservice', auths: { 'a.io': auth('ann:p') } });
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    expect(await look('a.io/x', { onWarning })).toMatchObject({ username: 'ann' });
    expect(await look('b.io/x', { onWarning })).toBeUndefined();
    expect(warnings[0]).toMatch(
      /docker-credential-secretservice .* failed for a\.io \(exit code 1\): going on without it/,
    );
  });

  it('that never answers is ended', async () => {
    program(at('bin'), 'slow', 'setInterval(() => {}, 1e6);');
    write('home/.docker/config.json', { credHelpers: { 'a.io': 'slow' } });
    const error = await refusal(look('a.io/x', { helperLimit: 500 }));
    expect(error.message).toMatch(/gave no answer within 0.5 seconds/);
  });

  it.each(['../evil', 'a/b', '', 'a b', 'a;b'])('has a name and no path: %j', async (name) => {
    write('home/.docker/config.json', { credHelpers: { 'a.io': name } });
    if (name === '') return expect(await look('a.io/x')).toBeUndefined();
    expect((await refusal(look('a.io/x'))).message).toMatch(/is a wrong name/);
  });
});
