import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { assembleImage, LayoutStore, refName } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { DockerRegistry } from '../../../../tools/registry/docker-registry.ts';
import { skopeo } from '../../../../tools/registry/skopeo.ts';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { login, logout } from './login.ts';
import { credentialsFor, type CredentialOptions } from './look-up.ts';
import { fakeHelper } from './test/fake-helper.ts';

const at = testFolder();
const config = 'home/.docker/config.json';
const dockerHub = 'https://index.docker.io/v1/';
const ann = { username: 'ann', password: 'secret:word' };

function write(path: string, content: object): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), JSON.stringify(content));
}

const read = (path: string) => JSON.parse(readFileSync(at(path), 'utf8')) as Record<string, unknown>;
const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const here = (more: CredentialOptions = {}): CredentialOptions => ({
  ...more,
  env: { HOME: at('home'), PATH: at('bin'), ...more.env },
});

describe('login', () => {
  it('makes the file, for its owner alone, and says which', async () => {
    expect(await login('a.io', ann, here())).toEqual({ registry: 'a.io', storedIn: at(config) });
    expect(read(config)).toEqual({ auths: { 'a.io': auth('ann:secret:word') } });
    expect(statSync(at(config)).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(at(config))).mode & 0o777).toBe(0o700);
    expect(await credentialsFor('a.io', 'x', here())).toMatchObject(ann);
  });

  it('keeps everything else in the file, and what it was a link to', async () => {
    const kept = {
      HttpHeaders: { 'X-Meta': 'é' },
      'unknown key': [1, null],
      proxies: {},
      credHelpers: { 'b.io': 'x' },
    };
    const other = { 'c.io': { ...auth('c:p'), email: 'c@example.com' }, 'a.io/deep': auth('d:p') };
    write('dotfiles/docker.json', { ...kept, auths: { 'https://a.io/v2/': auth('old:p'), ...other } });
    mkdirSync(at('home/.docker'), { recursive: true });
    symlinkSync(at('dotfiles/docker.json'), at(config));
    await login('https://a.io/', ann, here());
    expect(read('dotfiles/docker.json')).toEqual({ ...kept, auths: { ...other, 'a.io': auth('ann:secret:word') } });
    expect(readlinkSync(at(config))).toBe(at('dotfiles/docker.json'));
    expect(statSync(at('dotfiles/docker.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(at('dotfiles'))).toEqual(['docker.json']);
  });

  it.each(['docker.io', 'index.docker.io', dockerHub])("knows Docker's own registry as %s", async (name) => {
    expect(await login(name, ann, here())).toMatchObject({ registry: 'docker.io' });
    expect(read(config)).toEqual({ auths: { [dockerHub]: auth('ann:secret:word') } });
    expect(await logout(name, here())).toEqual({ registry: 'docker.io', removedFrom: at(config) });
    expect(read(config)).toEqual({ auths: {} });
  });

  it('keeps an identity token', async () => {
    await login('a.io', { username: 'ann', identityToken: 'secret' }, here());
    await login('b.io', { identityToken: 'secret' }, here());
    expect(await credentialsFor('a.io', 'x', here())).toMatchObject({ identityToken: 'secret', account: 'ann' });
    expect(await credentialsFor('b.io', 'x', here())).toMatchObject({
      identityToken: 'secret',
      account: 'identity token',
    });
  });

  it('gives it to the helper that the file names, and nothing of it to the file', async () => {
    const helper = fakeHelper(at('bin'), 'all');
    write(config, { credsStore: 'all', auths: { 'a.io': auth('old:p') } });
    const storedIn = `docker-credential-all (named in ${at(config)})`;
    expect(await login('a.io', ann, here())).toEqual({ registry: 'a.io', storedIn });
    await login('docker.io', { identityToken: 'identity' }, here());
    expect(helper.kept()).toEqual({
      'a.io': { ServerURL: 'a.io', Username: 'ann', Secret: 'secret:word' },
      [dockerHub]: { ServerURL: dockerHub, Username: '<token>', Secret: 'identity' },
    });
    expect(read(config)).toEqual({ credsStore: 'all', auths: { 'a.io': {}, [dockerHub]: {} } });
    expect(await credentialsFor('a.io', 'x', here())).toMatchObject(ann);
    expect(await logout('a.io', here())).toEqual({ registry: 'a.io', removedFrom: storedIn });
    expect(Object.keys(helper.kept())).toEqual([dockerHub]);
    expect(read(config)).toEqual({ credsStore: 'all', auths: { [dockerHub]: {} } });
    expect(await logout('never.io', here())).toEqual({ registry: 'never.io' });
  });

  it('writes the file that is named, and says when others are found before', async () => {
    const env = { REGISTRY_AUTH_FILE: at('variable.json') };
    expect(await login('a.io', ann, here({ env }))).toMatchObject({ storedIn: at('variable.json') });
    const authFile = at('new/option.json');
    expect(await login('a.io', ann, here({ env, authFile }))).toMatchObject({ storedIn: authFile });
    const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { 'a.io': auth('ci:p') } });
    const hidden = await login('a.io', ann, here({ env: { DOCKER_AUTH_CONFIG } }));
    expect(hidden).toEqual({ registry: 'a.io', storedIn: at(config), hiddenBy: '$DOCKER_AUTH_CONFIG' });
    const left = await logout('a.io', here({ env: { DOCKER_AUTH_CONFIG } }));
    expect(left).toEqual({ registry: 'a.io', removedFrom: at(config), remainsIn: '$DOCKER_AUTH_CONFIG' });
  });

  it.each([
    ['a.io/path', ann, 'INGOT_REGISTRY_NAME'],
    ['', ann, 'INGOT_REGISTRY_NAME'],
    ['a b', ann, 'INGOT_REGISTRY_NAME'],
    ['a.io', { username: '', password: 'secret' }, 'INGOT_LOGIN'],
    ['a.io', { username: 'a:b', password: 'secret' }, 'INGOT_LOGIN'],
    ['a.io', { username: 'ann', password: '' }, 'INGOT_LOGIN'],
  ])('refuses %j with %o', async (registry, given, code) => {
    await expect(login(registry, given, here())).rejects.toMatchObject({
      code,
      message: expect.not.stringContaining('secret'),
    });
    expect(readdirSync(at())).toEqual([]);
  });

  it('leaves a file alone that it cannot read', async () => {
    mkdirSync(at('home/.docker'), { recursive: true });
    writeFileSync(at(config), '{"auths": {');
    await expect(login('a.io', ann, here())).rejects.toMatchObject({ code: 'INGOT_AUTH_FILE' });
    expect(readFileSync(at(config), 'utf8')).toBe('{"auths": {');
  });

  it('says where it cannot write', async () => {
    writeFileSync(at('home'), 'a file');
    await expect(login('a.io', ann, here())).rejects.toMatchObject({ code: 'INGOT_LOGIN', path: at(config) });
  });
});

describe('skopeo', () => {
  const users = { ann: 'secret:word' };

  it('reads what login writes', async () => {
    const digest = await imageIn(at('in'));
    await using registry = await DockerRegistry.start({ users });
    const name = `docker://${registry.host}/some/image:1`;
    const authFile = at('auth.json');
    await login(registry.host, ann, here({ authFile }));
    const push = () =>
      skopeo(['copy', '--dest-tls-verify=false', '--authfile', authFile, `oci:${at('in')}:1.0.0`, name]);
    await push();
    const shown = await skopeo(['inspect', '--tls-verify=false', '--authfile', authFile, name]);
    expect(JSON.parse(shown)).toMatchObject({ Digest: digest });
    await logout(registry.host, here({ authFile }));
    await expect(push()).rejects.toThrow(/unauthorized|authentication required|no basic auth/);
  });

  it('writes what credentialsFor reads, and logs out what login wrote', async () => {
    await using registry = await DockerRegistry.start({ users });
    const authFile = at('auth.json');
    const named = ['--authfile', authFile];
    await skopeo(['login', '--tls-verify=false', ...named, '-u', 'ann', '-p', 'secret:word', registry.host]);
    const found = await credentialsFor(registry.host, 'some/image', here({ authFile }));
    expect(found).toEqual({ ...ann, account: 'ann', from: authFile });
    await login('docker.io', ann, here({ authFile }));
    expect((await skopeo(['login', ...named, '--get-login', 'docker.io'])).trim()).toBe('ann');
    await skopeo(['logout', ...named, registry.host]);
    expect(await credentialsFor(registry.host, '', here({ authFile }))).toBeUndefined();
    expect(await credentialsFor('docker.io', 'library/debian', here({ authFile }))).toMatchObject(ann);
  });

  it('has the same helper do the same', async () => {
    await using registry = await DockerRegistry.start({ users });
    const helper = fakeHelper(at('bin'), 'fake');
    write('auth.json', { credHelpers: { [registry.host]: 'fake' } });
    const authFile = at('auth.json');
    const env = { PATH: `${at('bin')}:/usr/bin` };
    const named = ['--authfile', authFile];
    await skopeo(['login', '--tls-verify=false', ...named, '-u', 'ann', '-p', 'secret:word', registry.host], env);
    expect(helper.kept()).toHaveProperty([registry.host]);
    expect(await credentialsFor(registry.host, 'a', here({ authFile }))).toMatchObject(ann);
    await logout(registry.host, here({ authFile }));
    await login(registry.host, ann, here({ authFile }));
    expect((await skopeo(['login', ...named, '--get-login', registry.host], env)).trim()).toBe('ann');
  });
});

/** Writes an OCI layout with the smallest of images, 1.0.0, and answers with its digest. */
async function imageIn(folder: string): Promise<string> {
  const layout = new LayoutStore(folder);
  const platform = { os: 'linux', architecture: 'amd64' };
  const { descriptor } = await assembleImage({ layers: [], platform, created: 0 }, layout);
  await layout.setRoots([{ ...descriptor, annotations: { [refName]: '1.0.0' } }]);
  return descriptor.digest;
}
