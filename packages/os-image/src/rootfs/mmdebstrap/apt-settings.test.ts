import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MmdebstrapDescription } from '../../description/description.ts';
import { Rig } from '../test/rig.ts';
import { aptSettings } from './apt-settings.ts';

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

  it.each([
    ['deb http://snapshot.debian.org/archive/debian/20250520T000000Z bookworm main', true],
    ['deb https://mirror.example.org/archive/debian/20250520T000000Z/ bookworm main', true],
    ['deb https://snapshot.ubuntu.com/ubuntu/20250520T000000Z noble main', true],
    ['deb http://deb.debian.org/debian bookworm main', false],
  ])('let the lists of an archive of a day past be old: %s', async (source, isOld) => {
    rig.env({ APT_CONFIG: '/dev/null' });
    const { configuration } = await aptSettings(description({ sources: [source] }), rig.root);
    // This machine itself may allow it for all.
    const own = (await aptSettings(description({ sources: ['deb http://x y z'] }), rig.root)).configuration;
    expect(configuration.replace(own, '').includes('Acquire::Check-Valid-Until "false"')).toBe(isOld);
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
