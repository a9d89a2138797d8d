import { chmod, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../../tools/referee.ts';
import { AptRepository } from '../../lock/test/apt-repository.ts';
import { Rig } from '../test/rig.ts';

let rig: Rig;
let repository: AptRepository;
beforeEach(async () => {
  referee('mmdebstrap');
  repository = await AptRepository.create();
  rig = await Rig.create();
  await repository.publish([
    { name: 'base', version: '1.0', essential: true },
    { name: 'tool', version: '2.0', depends: 'library' },
    { name: 'library', version: '3.0' },
  ]);
});
afterEach(async () => {
  await rig.remove();
  await repository.remove();
});

/** Nothing is run in the root: packages are unpacked only. */
function extract(more = '', packages = 'base, tool'): Promise<void> {
  return rig.describe(`mmdebstrap:
  suite: test
  variant: extract
  packages: [${packages}]
  sources: ['${repository.source}']
${more}`);
}

describe('mmdebstrap', () => {
  it('leaves nothing of the host in the image, and what hooks have written', async () => {
    await extract();
    await rig.build();
    expect(await rig.contentOf('etc/hostname')).toBe('localhost\n');
    expect(await rig.contentOf('etc/resolv.conf')).toBe('');
    await extract(`  hooks:
    extract:
      - echo metal > "$1/etc/hostname"
      - echo "nameserver 192.0.2.1" > "$1/etc/resolv.conf"
      - upload greeting.txt /etc/motd
`);
    await rig.write({ 'app/greeting.txt': 'hello\n' });
    await rig.build('two');
    expect(await rig.contentOf('etc/hostname', 'two')).toBe('metal\n');
    expect(await rig.contentOf('etc/resolv.conf', 'two')).toBe('nameserver 192.0.2.1\n');
    expect(await rig.contentOf('etc/motd', 'two')).toBe('hello\n');
  });

  it('hands credentials to apt alone', async () => {
    const password = 'correct-horse-battery';
    repository.login = { user: 'me', password };
    rig.env({ APT_PASSWORD: password });
    await rig.write({ 'login.txt': 'me\n' });
    const credentials = `  credentials:
    - machine: http://${repository.host}
      login: { file: ../login.txt }
      password: { env: APT_PASSWORD }
  hooks: { setup: ['ps -A -o args= > "$1/etc/arguments"; env > "$1/etc/environment.txt"'] }`;
    await extract(credentials);
    await rig.build();
    const tar = await readFile(rig.path('out/amd64/rootfs.tar'));
    expect(tar.includes(password)).toBe(false);
    expect(await rig.contentOf('etc/arguments')).toContain('mmdebstrap');
    expect(rig.said.join('\n')).not.toContain(password);
    expect(await rig.read('out/amd64/build.log')).not.toContain(password);
    expect((await rig.listing()).filter((line) => /ingot|auth\.conf$/.test(line))).toEqual([]);
    expect(await rig.leftovers()).toEqual([]);
  });

  it('points at a package that is not there, and leaves what was built before', async () => {
    await extract('', 'base, toool');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:7:20 +INGOT_ROOTFS_BUILD .*no package toool/);
    expect(await rig.leftovers()).toEqual([]);
  });

  it('is stopped by Ctrl-C without a trace', async () => {
    await extract(`  hooks: { extract: ['sleep 60'] }`);
    const building = rig.failure();
    for (let i = 0; i < 600 && !rig.said.some((line) => line.includes('sleep 60')); i++) await sleep(50);
    rig.abort.abort(new Error('stopped'));
    expect(await building).toContain('stopped');
    expect(await rig.leftovers()).toEqual([]);
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(rig.root);
  });

  it('says what a foreign architecture needs', async () => {
    await extract();
    await rig.write({ 'app/os-image.yaml': (await rig.read('app/os-image.yaml')) + 'architectures: [amd64, arm64]\n' });
    expect(await rig.failure()).toMatch(/INGOT_ROOTFS_EMULATION .*arm64[\s\S]*qemu-user-static/);
  });

  it('that is not installed is named with its package, before anything is done', async () => {
    await extract();
    rig.env({ PATH: rig.path('nowhere') });
    expect(await rig.failure()).toMatch(
      /^app\/os-image\.yaml:4:\d+ +INGOT_TOOL_MISSING +not installed: mmdebstrap, apt-get[\s\S]*apt-get install apt mmdebstrap/,
    );
  });

  it('takes lines of sources.list only', async () => {
    const source = (text: string, packages = '') =>
      rig.describe(`mmdebstrap: { suite: bookworm, packages: [${packages}], sources: ['${text}'] }`);
    await source('deb file:/srv/debian bookworm main');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:4:\d+ +INGOT_FILE_VALUE .*file:/);
    await source('deb copy:/srv/debian bookworm main', './tool.deb');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:4:\d+ +INGOT_FILE_VALUE .*tool\.deb is a file/);
    await source('http://deb.debian.org/debian');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:4:\d+ +INGOT_FILE_VALUE .*not a line of sources\.list/);
  });
});

describe('mmdebstrap, in full', () => {
  it('unpacks the packages and what they depend on, in any folder to the same bytes', async () => {
    await extract();
    const first = await rig.build('one');
    const second = await rig.build('deeper/two');
    expect(first).toEqual(second);
    expect(await rig.contentOf('usr/share/library/version', 'one')).toBe('3.0\n');
    expect(await rig.contentOf('etc/apt/sources.list', 'one')).toBe(`${repository.source}\n`);
    expect(await rig.leftovers()).toEqual([]);
    expect(await rig.read('one/amd64/build.log')).not.toContain(rig.root);
  });

  it('gives hooks nothing of the environment', async () => {
    rig.env({ INGOT_TEST_TOKEN: 'hush-hush-token' });
    await extract(`  hooks: { extract: ['env > "$1/etc/environment.txt"'] }`);
    await rig.build();
    const names = (await rig.contentOf('etc/environment.txt')).split('\n').map((line) => line.split('=')[0]!);
    expect(names).not.toContain('INGOT_TEST_TOKEN');
    expect(names).toContain('SOURCE_DATE_EPOCH');
  });

  it('refuses an image that has a password in it', async () => {
    repository.login = { user: 'me', password: 'correct-horse-battery' };
    rig.env({ APT_PASSWORD: 'correct-horse-battery', APT_LOGIN: 'me' });
    await extract(`  credentials:
    - { machine: 'http://${repository.host}', login: { env: APT_LOGIN }, password: { env: APT_PASSWORD } }
  hooks: { extract: ['cp "$1/tmp/.ingot/auth.conf" "$1/etc/leaked"'] }`);
    expect(await rig.failure()).toContain('INGOT_ROOTFS_SECRET');
  });

  it('points at the credentials that are wrong or missing', async () => {
    repository.login = { user: 'me', password: 'right-password' };
    rig.env({ APT_PASSWORD: 'wrong-password', APT_LOGIN: 'me' });
    const credentials = (name: string) => `  credentials:
    - { machine: 'http://${repository.host}', login: { env: APT_LOGIN }, password: { env: ${name} } }`;
    await extract(credentials('APT_PASSWORD'));
    const text = await rig.failure();
    expect(text).toMatch(/^app\/os-image\.yaml:10:\d+ +INGOT_ROOTFS_BUILD .*other credentials/);
    expect(text).not.toContain('wrong-password');
    await extract(credentials('NO_SUCH_VARIABLE'));
    expect(await rig.failure()).toMatch(
      /^app\/os-image\.yaml:10:\d+ +INGOT_ROOTFS_CREDENTIALS .*NO_SUCH_VARIABLE is not set/,
    );
  });

  it('points at the release that is not there', async () => {
    await rig.describe(`mmdebstrap:
  suite: nosuch
  variant: extract
  packages: [base]
  sources:
    - '${repository.source}'
    - 'deb [trusted=yes] http://${repository.host}/ nosuch main'`);
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:10:7 +INGOT_ROOTFS_BUILD .*no release nosuch/);
    await rig.describe(`mmdebstrap:
  suite: nosuch
  sources: ['${repository.source}']`);
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:5:3 +INGOT_ROOTFS_BUILD .*unknown suite/);
  });

  it('points at the source that cannot be reached, or is not signed by a key that is known', async () => {
    await rig.describe(`mmdebstrap:
  suite: test
  variant: extract
  packages: [base]
  sources: ['deb http://127.0.0.1:9/ test main']`);
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:8:13 +INGOT_ROOTFS_BUILD .*127\.0\.0\.1/);
    await rig.describe(`mmdebstrap:
  suite: test
  variant: extract
  packages: [base]
  sources: ['${repository.source.replace(' [trusted=yes]', '')}']`);
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:8:13 +INGOT_ROOTFS_BUILD .*trust/);
  });

  it('points at the hook that fails, with what it said', async () => {
    await extract(`  hooks:
    extract:
      - 'true'
      - echo the disk is on fire >&2; exit 7`);
    const text = await rig.failure();
    expect(text).toMatch(/^app\/os-image\.yaml:12:9 +INGOT_ROOTFS_BUILD .*an extract hook failed/);
    expect(text).toContain('the disk is on fire');
  });

  it('names the keyring that is not there', async () => {
    await extract('  keyrings: [keys/none.asc]');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:9:14 +INGOT_ROOTFS_KEYRING/);
  });

  it('builds in root mode as well, to the same bytes', async () => {
    if (process.getuid?.() !== 0) throw new Error('this test is for root');
    await extract();
    const unshared = await rig.build('unshared');
    await extract('  mode: root');
    const asRoot = await rig.build('root');
    expect(asRoot.architectures[0]!.tar).toEqual(unshared.architectures[0]!.tar);
    expect(await readFile('/proc/self/mountinfo', 'utf8')).not.toContain(rig.root);
    expect(await rig.leftovers()).toEqual([]);
  });

  it('takes packages of this machine', async () => {
    await chmod(repository.root, 0o755);
    await rig.describe(`mmdebstrap:
  suite: test
  variant: extract
  packages: [tool]
  sources: ['deb [trusted=yes] copy:${repository.root} test main']`);
    await rig.build();
    expect(await rig.contentOf('usr/share/library/version')).toBe('3.0\n');
    expect((await rig.listing()).filter((line) => line.includes('ingot-apt-repository'))).toEqual([]);
  });
});
