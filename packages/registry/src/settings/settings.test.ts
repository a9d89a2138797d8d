import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { testFolder } from '../../../../tools/registry/temporary-folder.ts';
import { RegistryError } from '../error.ts';
import { parseReference } from '../reference.ts';
import { registrySettings, type SettingsOptions } from './settings.ts';

const at = testFolder();
const digest = `sha256:${'0'.repeat(64)}`;
const pem = (name: string) => `-----BEGIN CERTIFICATE-----\n${name}\n-----END CERTIFICATE-----\n`;

function write(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), text);
}

function settings(registries: SettingsOptions['registries'] = {}, env: NodeJS.ProcessEnv = {}) {
  return registrySettings({ registries, env: { HOME: at('home'), ...env }, systemFolder: at('etc') });
}

/** The endpoints as `origin/repository`, with marks for what is not the rule. */
async function places(
  text: string,
  registries: SettingsOptions['registries'] = {},
  purpose: 'pull' | 'push' = 'pull',
  env: NodeJS.ProcessEnv = {},
): Promise<string[]> {
  const found = await settings(registries, env).endpointsFor(parseReference(text), purpose);
  return found.map(({ origin, registry, repository, skipTlsVerify, isMirror, ca, cert }) => {
    const marks = [isMirror && 'mirror', skipTlsVerify && 'unverified', ca && `ca:${ca.length}`, cert && 'cert'];
    const alias = origin.host === registry ? '' : ` (${registry})`;
    return [`${origin.origin}/${repository}${alias}`, ...marks.filter((mark) => mark)].join(' ');
  });
}

async function refusal(work: () => unknown): Promise<RegistryError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof RegistryError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('without settings', () => {
  it.each([
    ['debian', 'https://registry-1.docker.io/library/debian (docker.io)'],
    ['ghcr.io/a/b', 'https://ghcr.io/a/b'],
    ['host:5000/a', 'https://host:5000/a'],
    ['localhost:5000/a', 'http://localhost:5000/a'],
    ['127.0.0.1:5000/a', 'http://127.0.0.1:5000/a'],
    ['[::1]:5000/a', 'http://[::1]:5000/a'],
    ['localhost.example.com/a', 'https://localhost.example.com/a'],
    ['127.0.0.1.example.com/a', 'https://127.0.0.1.example.com/a'],
  ])('%s is at %s', async (text, place) => {
    expect(await places(text)).toEqual([place]);
    expect(await places(text, {}, 'push')).toEqual([place]);
  });
});

describe('options', () => {
  it('say how a registry is reached', async () => {
    write('ca.pem', pem('one'));
    const registries = {
      'plain:80': { plainHttp: true },
      'self.example': { skipTlsVerify: true },
      'own.example': { caFile: at('ca.pem') },
      'localhost:1': { caFile: at('ca.pem') },
      'localhost:2': { plainHttp: false },
    };
    expect(await places('plain:80/a', registries)).toEqual(['http://plain/a (plain:80)']);
    expect(await places('self.example/a', registries)).toEqual(['https://self.example/a unverified']);
    expect(await places('own.example/a', registries, 'push')).toEqual(['https://own.example/a ca:1']);
    expect(await places('localhost:1/a', registries)).toEqual(['https://localhost:1/a ca:1']);
    expect(await places('localhost:2/a', registries)).toEqual(['https://localhost:2/a']);
  });

  it('name mirrors, which are asked first, and only to pull', async () => {
    const registries = {
      'docker.io': { mirrors: ['mirror.example/hub/', 'mirror:5000', 'short/hub'] },
      'mirror:5000': { plainHttp: true },
    };
    expect(await places('debian', registries)).toEqual([
      'https://mirror.example/hub/library/debian mirror',
      'http://mirror:5000/library/debian mirror',
      'https://short/hub/library/debian mirror',
      'https://registry-1.docker.io/library/debian (docker.io)',
    ]);
    expect(await places('debian', registries, 'push')).toHaveLength(1);
    expect(await places('ghcr.io/a', registries)).toHaveLength(1);
  });

  it.each<[object, RegExp, RegExp]>([
    [{ 'https://a.example': {} }, /"https:\/\/a.example" is not a registry/, /without a scheme/],
    [{ 'a.example/b': {} }, /not a registry/, /host:port/],
    [{ 'a.example': { insecure: true } }, /unknown option "insecure"/, /plainHttp, caFile, mirrors, skipTlsVerify/],
    [{ 'a.example': { plainHttp: 'yes' } }, /plainHttp of a.example is "yes"/, /true or false/],
    [{ 'a.example': { mirrors: 'b.example' } }, /mirrors of a.example/, /a list/],
    [{ 'a.example': { mirrors: ['https://b.example'] } }, /mirrors of a.example/, /host/],
    [{ 'a.example': { mirrors: ['b.example/Upper'] } }, /mirrors of a.example/, /host/],
    [{ 'a.example': { mirrors: [''] } }, /mirrors of a.example/, /host/],
    [{ 'a.example': { caFile: 1 } }, /caFile of a.example/, /PEM/],
    [{ 'a.example': null }, /no object/, /option/],
  ])('are checked: %o', async (registries, message, help) => {
    const error = await refusal(() => settings(registries as SettingsOptions['registries']));
    expect(error).toMatchObject({ code: 'INGOT_REGISTRY_OPTION', help: expect.stringMatching(help) });
    expect(error.message).toMatch(message);
  });
});

describe('registries.conf', () => {
  const conf = 'etc/containers/registries.conf';

  it('sends a prefix elsewhere, and asks its mirrors first', async () => {
    write(
      conf,
      `
unqualified-search-registries = ["example.com"]
[[registry]]
prefix = "example.com/foo"
location = "inner.example/bar"
insecure = false
  [[registry.mirror]]
  location = "mirror-0.local/mirror-for-foo"
  [[registry.mirror]]
  location = "mirror-1.local/foo"
  insecure = true
[[registry]]
location = "plain:5000"
insecure = true
`,
    );
    expect(await places('example.com/foo/image:1')).toEqual([
      'https://mirror-0.local/mirror-for-foo/image mirror',
      'http://mirror-1.local/foo/image mirror',
      'https://inner.example/bar/image',
    ]);
    expect(await places('example.com/foo/image:1', {}, 'push')).toEqual(['https://example.com/foo/image']);
    expect(await places('example.com/foobar:1')).toEqual(['https://example.com/foobar']);
    expect(await places('example.com/foo:1')).toHaveLength(3);
    expect(await places('plain:5000/a')).toEqual(['http://plain:5000/a']);
    expect(await places('plain:5000/a', {}, 'push')).toEqual(['http://plain:5000/a']);
    expect(await places('plain:5000/a', { 'plain:5000': { plainHttp: false } })).toEqual([
      'https://plain:5000/a unverified',
    ]);
  });

  it('takes the longest prefix, whole parts, and a port for another registry', async () => {
    write(
      conf,
      `
[[registry]]
prefix = "a.example"
location = "host.example"
[[registry]]
prefix = "a.example/x"
location = "path.example"
[[registry]]
prefix = "a.example/x/y:1"
location = "tag.example/z"
[[registry]]
prefix = "*.wild.example"
blocked = false
  [[registry.mirror]]
  location = "mirror.example/wild"
`,
    );
    expect(await places('a.example/b')).toEqual(['https://host.example/b']);
    expect(await places('a.example:5000/b')).toEqual(['https://a.example:5000/b']);
    expect(await places('a.example/x/b')).toEqual(['https://path.example/b']);
    expect(await places('a.example/xx/b')).toEqual(['https://host.example/xx/b']);
    expect(await places('a.example/x/y:1')).toEqual(['https://path.example/y']);
    expect(await places('b.c.wild.example:1/x/y')).toEqual([
      'https://mirror.example/wild/x/y mirror',
      'https://b.c.wild.example:1/x/y',
    ]);
    expect(await places('wild.example/x')).toEqual(['https://wild.example/x']);
  });

  it('has mirrors for digests and for tags', async () => {
    write(
      conf,
      `
[[registry]]
location = "a.example"
  [[registry.mirror]]
  location = "digests.example"
  pull-from-mirror = "digest-only"
  [[registry.mirror]]
  location = "tags.example"
  pull-from-mirror = "tag-only"
[[registry]]
location = "b.example"
mirror-by-digest-only = true
  [[registry.mirror]]
  location = "digests.example/b"
`,
    );
    expect(await places('a.example/x:1')).toEqual(['https://tags.example/x mirror', 'https://a.example/x']);
    expect(await places(`a.example/x@${digest}`)).toEqual(['https://digests.example/x mirror', 'https://a.example/x']);
    expect(await places('b.example/x:1')).toEqual(['https://b.example/x']);
    expect(await places(`b.example/x:1@${digest}`)).toHaveLength(2);
  });

  it('blocks', async () => {
    write(conf, '[[registry]]\nprefix = "bad.example"\nblocked = true\n');
    for (const purpose of ['pull', 'push'] as const) {
      const error = await refusal(() => places('bad.example/a', {}, purpose));
      expect(error).toMatchObject({ code: 'INGOT_REGISTRY_BLOCKED', path: at(conf) });
      expect(error.message).toMatch(/bad\.example\/a is blocked/);
    }
  });

  it('is read from the places that containers-registries.conf.d(5) names, a later table for an earlier one', async () => {
    const to = (host: string) => `[[registry]]\nprefix = "a.example"\nlocation = "${host}.example"\n`;
    const isAt = async (host: string, env: NodeJS.ProcessEnv = {}) =>
      expect(await places('a.example/x', {}, 'pull', env)).toEqual([`https://${host}.example/x`]);
    write(conf, to('main'));
    await isAt('main');
    write('etc/containers/registries.conf.d/20.conf', to('twenty'));
    write('etc/containers/registries.conf.d/10.conf', to('ten'));
    write('etc/containers/registries.conf.d/99.toml', to('other'));
    await isAt('twenty');
    write('home/.config/containers/registries.conf.d/1.conf', to('own-one'));
    await isAt('own-one');
    write('home/.config/containers/registries.conf', to('own') + to('own').replaceAll('a.', 'b.'));
    await isAt('own-one');
    expect(await places('b.example/x')).toEqual(['https://own.example/x']);
    write('named.conf', '[[registry]]\nprefix = "b.example"\nlocation = "named.example"\n');
    expect(await places('b.example/x', {}, 'pull', { CONTAINERS_REGISTRIES_CONF: at('named.conf') })).toEqual([
      'https://named.example/x',
    ]);
    await isAt('own-one', { CONTAINERS_REGISTRIES_CONF: at('named.conf') });
  });

  it('gives way to options', async () => {
    write(conf, '[[registry]]\nlocation = "a.example"\ninsecure = true\n[[registry.mirror]]\nlocation = "m.example"\n');
    expect(
      await places('a.example/x', { 'a.example': { mirrors: [], plainHttp: false, skipTlsVerify: false } }),
    ).toEqual(['https://a.example/x']);
  });

  it.each<[string, RegExp]>([
    ['[[registry]', /registries\.conf:1:\d+ is not TOML/],
    ['[registries.search]\nregistries = ["a"]', /old format/],
    ['registry = 1', /not a \[\[registry\]\]/],
    ['[[registry]]\ninsecure = true', /neither prefix nor location/],
    ['[[registry]]\nlocation = "https://a.example"', /scheme in location/],
    ['[[registry]]\nlocation = 1', /location that is not a text/],
    ['[[registry]]\nlocation = "a.example"\ninsecure = "no"', /insecure that is neither/],
    ['[[registry]]\nprefix = "a.*.example"', /prefix "a\.\*\.example"/],
    ['[[registry]]\nlocation = "a.example"\n[[registry.mirror]]\ninsecure = true', /without location/],
    [
      '[[registry]]\nlocation = "a.example"\n[[registry.mirror]]\nlocation = "b"\npull-from-mirror = "x"',
      /pull-from-mirror = "x"/,
    ],
    [
      '[[registry]]\nlocation = "a.example"\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = "b"\npull-from-mirror = "all"',
      /has both/,
    ],
    ['[[registry]]\nprefix = "a.example"\nlocation = "b.example/UP"', /makes "b\.example\/UP\/x" out of/],
    [`x = ${'['.repeat(500)}${']'.repeat(500)}`, /not TOML|nested/],
    ['# '.padEnd(1_100_000, 'x'), /more than a million/],
  ])('is refused: %.60s', async (text, message) => {
    write(conf, text);
    const error = await refusal(() => places('a.example/x:1'));
    expect(error).toMatchObject({ code: 'INGOT_REGISTRIES_CONF', path: at(conf), help: expect.any(String) });
    expect(error.message).toMatch(message);
  });

  it('is missed where the environment names one, and never waited for', async () => {
    const env = { CONTAINERS_REGISTRIES_CONF: at('none.conf') };
    expect((await refusal(() => places('a.example/x', {}, 'pull', env))).message).toMatch(/is not there/);
    execFileSync('mkfifo', [at('none.conf')]);
    expect((await refusal(() => places('a.example/x', {}, 'pull', env))).message).toMatch(/is not a file/);
  });
});

describe('certs.d', () => {
  it('brings certificates to trust and to show, from the first folder there is', async () => {
    write('etc/docker/certs.d/a.example:1/ca.crt', pem('docker'));
    expect(await places('a.example:1/x')).toEqual(['https://a.example:1/x ca:1']);
    write('etc/containers/certs.d/a.example:1/b.crt', pem('b'));
    write('etc/containers/certs.d/a.example:1/a.crt', pem('a'));
    write('etc/containers/certs.d/a.example:1/me.cert', pem('me'));
    write('etc/containers/certs.d/a.example:1/me.key', 'the key');
    const [found] = await settings().endpointsFor(parseReference('a.example:1/x'), 'push');
    expect(found).toMatchObject({ ca: [pem('a'), pem('b')], cert: pem('me'), key: 'the key' });
    write('home/.config/containers/certs.d/a.example:1/own.crt', pem('own'));
    expect(await places('a.example:1/x')).toEqual(['https://a.example:1/x ca:1']);
    expect(await places('a.example/x')).toEqual(['https://a.example/x']);
  });

  it('makes localhost speak TLS, and adds to caFile', async () => {
    write('etc/containers/certs.d/localhost:1/ca.crt', pem('a'));
    write('ca.pem', pem('one'));
    expect(await places('localhost:1/x')).toEqual(['https://localhost:1/x ca:1']);
    expect(await places('localhost:1/x', { 'localhost:1': { caFile: at('ca.pem') } })).toEqual([
      'https://localhost:1/x ca:2',
    ]);
  });

  it('is checked', async () => {
    write('etc/containers/certs.d/a.example/ca.crt', 'DER or so');
    const wrong = await refusal(() => places('a.example/x'));
    expect(wrong).toMatchObject({ code: 'INGOT_REGISTRY_CA', path: at('etc/containers/certs.d/a.example/ca.crt') });
    expect(wrong.message).toMatch(/no certificate in PEM form/);
    write('etc/containers/certs.d/b.example/me.cert', pem('me'));
    expect((await refusal(() => places('b.example/x'))).message).toMatch(/me\.cert has no key: me\.key/);
    const missing = await refusal(() => places('c.example/x', { 'c.example': { caFile: at('none.pem') } }));
    expect(missing).toMatchObject({ code: 'INGOT_REGISTRY_CA', path: at('none.pem') });
  });
});
