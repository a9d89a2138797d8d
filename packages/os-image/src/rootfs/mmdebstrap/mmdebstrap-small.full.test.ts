import { readFile } from 'node:fs/promises';
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
