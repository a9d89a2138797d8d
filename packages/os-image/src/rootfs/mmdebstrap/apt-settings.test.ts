import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MmdebstrapDescription } from '../../description/description.ts';
import { Rig } from '../test/rig.ts';
import { aptSettings } from './apt-settings.ts';
import { keyringFolder } from './keyrings.ts';
import { aptSourcesOf } from './sources.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
  // What a machine has of settings, one of each kind.
  await rig.write({
    'apt.conf': `Acquire::http::Proxy "http://me:proxy-password@proxy.example.org:3128";
Acquire::https::Proxy::apt.example.org "DIRECT";
Acquire::Retries "5";
Acquire::Languages "de";
APT::Install-Recommends "true";
DPkg::Post-Invoke { "rm -rf /"; };
`,
  });
  rig.env({ APT_CONFIG: rig.path('apt.conf') });
});
afterEach(() => rig.remove());

const description = (more: Partial<MmdebstrapDescription> = {}): MmdebstrapDescription => ({
  kind: 'mmdebstrap',
  suite: 'bookworm',
  variant: 'minbase',
  packages: [],
  sources: [],
  keyrings: [],
  credentials: [],
  hooks: { setup: [], extract: [], essential: [], customize: [] },
  mode: 'auto',
  ...more,
});
const place = { file: 'os-image.yaml', line: 3, column: 5 };

describe('settings of apt for a build', () => {
  it('are the way to the network that the machine has, and nothing else of it', async () => {
    const { configuration, secrets } = await aptSettings(description(), rig.root);
    expect(configuration).toContain('Acquire::http::Proxy "http://me:proxy-password@proxy.example.org:3128";');
    expect(configuration).toContain('Acquire::https::Proxy::apt.example.org "DIRECT";');
    expect(configuration).toContain('Acquire::Retries "5";');
    expect(configuration).not.toMatch(/Languages|Recommends|Invoke/);
    expect(secrets).toEqual(['proxy-password']);
  });

  it('let the lists of an archive of a day past be old, and no others', async () => {
    rig.env({ APT_CONFIG: '/dev/null' });
    const sources = [
      'deb http://snapshot.debian.org/archive/debian/20250520T000000Z bookworm main',
      'deb [arch=amd64] https://mirror.example.org/archive/debian/20250520T000000Z/ bookworm main',
      'deb [ check-valid-until=yes ] https://snapshot.ubuntu.com/ubuntu/20250520T000000Z noble main',
      'deb http://deb.debian.org/debian bookworm main',
    ];
    expect(aptSourcesOf(description({ sources }))).toEqual([
      'deb [check-valid-until=no] http://snapshot.debian.org/archive/debian/20250520T000000Z bookworm main',
      'deb [arch=amd64 check-valid-until=no] https://mirror.example.org/archive/debian/20250520T000000Z/ bookworm main',
      ...sources.slice(2),
    ]);
    const { configuration } = await aptSettings(description({ sources }), rig.root);
    // This machine itself may allow it for all.
    expect(configuration).toBe(
      (await aptSettings(description({ sources: ['deb http://x y z'] }), rig.root)).configuration,
    );
  });

  it('have credentials by environment and by file', async () => {
    await rig.write({ 'app/password': 'from-the-file\n' });
    const credentials = [
      { machine: 'apt.example.org/deb', login: { env: 'ME' }, password: { file: 'password' }, place },
    ];
    const settings = await aptSettings(description({ credentials }), rig.path('app'), { ME: 'me' });
    expect(settings.authentication).toBe('machine apt.example.org/deb login me password from-the-file\n');
    expect(settings.secrets).toContain('from-the-file');
  });

  it.each([
    [{ env: 'NONE' }, /NONE is not set/],
    [{ env: 'BLANK' }, /empty or has a blank/],
    [{ file: 'none' }, /ENOENT/],
  ])('refuse a password that is none', async (password, message) => {
    const credentials = [{ machine: 'apt.example.org', login: { env: 'ME' }, password, place }];
    const reading = aptSettings(description({ credentials }), rig.root, { ME: 'me', BLANK: 'a b' });
    await expect(reading).rejects.toMatchObject({
      code: 'INGOT_ROOTFS_CREDENTIALS',
      place,
      message: expect.stringMatching(message),
    });
  });
});

describe('keyrings of a build', () => {
  const at = () => place;

  it('are those that the description names, and no others', async () => {
    await rig.write({ 'app/ours.asc': 'ours' });
    const folder = await keyringFolder(description({ keyrings: ['ours.asc'] }), rig.path('app'), rig.path('tmp'), at);
    expect(await readdir(folder)).toEqual(['0.asc']);
  });

  it('are Debian’s and the host’s where it names none', async () => {
    const folder = await keyringFolder(description(), rig.path('app'), rig.path('tmp'), at);
    const isThere = existsSync('/usr/share/keyrings/debian-archive-keyring.gpg');
    expect((await readdir(folder)).includes('debian-archive-keyring.gpg')).toBe(isThere);
  });
});
