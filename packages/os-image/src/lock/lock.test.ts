import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { Rig } from '../rootfs/test/rig.ts';
import { AptRepository, type TestPackage } from './test/apt-repository.ts';

let rig: Rig;
let repository: AptRepository;
const base: TestPackage = { name: 'base', version: '1.0', essential: true };
const day = 86_400;
beforeEach(async () => {
  referee('apt-get');
  repository = await AptRepository.create();
  rig = await Rig.create();
});
afterEach(async () => {
  await rig.remove();
  await repository.remove();
});

function describeImage(packages: string, more = 'variant: extract'): Promise<void> {
  return rig.describe(`mmdebstrap:
  suite: test
  ${more}
  packages: [${packages}]
  sources: ['${repository.source}']`);
}

const lockText = () => rig.read('app/packages.lock');
const named = (changes: readonly { name: string; from: string | undefined; to: string | undefined }[]) =>
  changes.map(({ name, from, to }) => `${name} ${from ?? '-'} ${to ?? '-'}`);

describe('locking packages', () => {
  it('lists all that will be installed, as the variant has it', async () => {
    await repository.publish([
      base,
      { name: 'needed', version: '1:2.0-1', priority: 'required' },
      { name: 'tool', version: '2.0', depends: 'library (>= 1) | other' },
      { name: 'library', version: '3.0~rc1' },
      { name: 'other', version: '4' },
      { name: 'unwanted', version: '5' },
    ]);
    await describeImage('tool', 'variant: minbase');
    const { count, added } = await rig.lock();
    expect({ count, added: named(added) }).toEqual({
      count: 4,
      added: ['base - 1.0', 'library - 3.0~rc1', 'needed - 1:2.0-1', 'tool - 2.0'],
    });
    expect((await lockText()).replace(repository.host, 'HOST')).toMatchInlineSnapshot(`
      "# The exact packages of the image. The target \`lock\` looks them up anew, which is how security fixes arrive;
      # a build installs these and no others, or says which are gone.
      ingot: packages-lock/v1
      date: 2023-11-14
      suite: test
      variant: minbase
      sources:
        - "deb [trusted=yes] http://HOST/ test main"
      wanted:
        - tool
      packages:
        amd64:
          - base 1.0 amd64
          - library 3.0~rc1 amd64
          - needed 1:2.0-1 amd64
          - tool 2.0 amd64
      "
    `);
    expect(await rig.leftovers()).toEqual([]);
  });

  it('takes of alternatives what the essential packages have brought along already, as a build does', async () => {
    await repository.publish([
      { ...base, depends: 'awk-one | awk' },
      { name: 'awk-one', version: '1' },
      { name: 'awk-two', version: '1' },
      { name: 'tool', version: '1', depends: 'awk-two | awk-one' },
    ]);
    await describeImage('tool', 'variant: essential');
    await rig.lock();
    expect((await lockText()).match(/- awk-\w+ /g)).toEqual(['- awk-one ']);
  });

  it('says what has changed since, and leaves the file alone where nothing has', async () => {
    await repository.publish([
      base,
      { name: 'a', version: '1.10' },
      { name: 'b', version: '2' },
      { name: 'c', version: '1' },
    ]);
    await describeImage('a, b, c', 'variant: essential');
    await rig.lock();
    const before = await lockText();
    await rig.lock(Date.UTC(2030, 0, 1) / 1000);
    expect(await lockText()).toBe(before);
    await repository.publish([
      base,
      { name: 'a', version: '1.9' },
      { name: 'b', version: '10' },
      { name: 'd', version: '1' },
    ]);
    await describeImage('a, b, d', 'variant: essential');
    const { added, removed, upgraded, downgraded } = await rig.lock(Date.UTC(2030, 0, 1) / 1000);
    expect([added, removed, upgraded, downgraded].map(named)).toEqual([
      ['d - 1'],
      ['c 1 -'],
      ['b 2 10'],
      ['a 1.10 1.9'],
    ]);
    expect(await lockText()).toContain('date: 2030-01-01');
  });

  it('brings credentials along, and hands them to nobody else', async () => {
    await repository.publish([base]);
    repository.login = { user: 'me', password: 'correct-horse-battery' };
    rig.env({ APT_PASSWORD: 'correct-horse-battery', APT_LOGIN: 'me' });
    await describeImage(
      '',
      `variant: essential
  credentials:
    - { machine: 'http://${repository.host}', login: { env: APT_LOGIN }, password: { env: APT_PASSWORD } }`,
    );
    expect((await rig.lock()).count).toBe(1);
    expect(await lockText()).not.toContain('horse');
    expect(rig.said.join('\n')).not.toContain('horse');
    expect(await rig.leftovers()).toEqual([]);
  });

  it('believes the keyring that is named, and no other', async () => {
    await repository.publish([base]);
    const key = await repository.sign();
    const signed = (more: string) =>
      rig.describe(`mmdebstrap:
  suite: test
  variant: essential
  sources: ['${repository.source.replace(' [trusted=yes]', '')}']
${more}`);
    await signed('');
    expect(await rig.failure(() => rig.lock())).toMatch(
      /^app\/os-image\.yaml:7:13 +INGOT_ROOTFS_BUILD +apt does not trust/,
    );
    await rig.write({ 'app/keys/test.asc': key });
    await signed('  keyrings: [keys/test.asc]');
    expect((await rig.lock()).count).toBe(1);
  });

  it('points at a package that is not there', async () => {
    await repository.publish([base]);
    await describeImage('base, toool');
    expect(await rig.failure(() => rig.lock())).toMatch(
      /^app\/os-image\.yaml:7:20 +INGOT_ROOTFS_BUILD .*no package toool/,
    );
    expect(await rig.leftovers()).toEqual([]);
  });

  it('writes anew what a merge has broken', async () => {
    await repository.publish([base]);
    await describeImage('base');
    await rig.write({ 'app/packages.lock': '<<<<<<< ours\n=======\n>>>>>>> theirs\n' });
    expect(await rig.failure()).toMatch(/^app\/packages\.lock:1:1 +INGOT_LOCK_CONFLICT/);
    await rig.lock();
    expect(await lockText()).toContain('- base 1.0 amd64');
  });
});

describe('a build with a lock', () => {
  beforeEach(async () => {
    referee('mmdebstrap');
    await repository.publish([
      base,
      { name: 'tool', version: '2.0', depends: 'later | library' },
      { name: 'library', version: '3.0' },
    ]);
    await describeImage('base, tool');
    await rig.lock(day);
  });

  it('installs the locked versions where there are newer ones', async () => {
    await repository.publish([
      base,
      { ...base, version: '1.1' },
      { name: 'tool', version: '2.0', depends: 'later | library' },
      { name: 'tool', version: '2.1', depends: 'library, surprise' },
      { name: 'surprise', version: '1.0' },
      { name: 'later', version: '1.0' },
      { name: 'library', version: '3.0' },
      { name: 'library', version: '4.0' },
    ]);
    await rig.build();
    const versions = await Promise.all(
      ['base', 'tool', 'library'].map((name) => rig.contentOf(`usr/share/${name}/version`)),
    );
    expect(versions).toEqual(['1.0\n', '2.0\n', '3.0\n']);
    expect((await rig.listing()).filter((line) => /surprise|later/.test(line) || /\.ingot/.test(line))).toEqual([]);
  });

  it('names each version that is gone, and what there is instead', async () => {
    await repository.publish([base, { name: 'tool', version: '2.1', depends: 'library' }]);
    const text = await rig.failure();
    expect(text).toMatch(
      /^app\/packages\.lock:\d+:\d+ +INGOT_LOCK_PACKAGE_GONE +the sources no longer have 2 locked packages/,
    );
    expect(text).toContain('library 3.0: there is none');
    expect(text).toContain('tool 2.0: there is 2.1');
    expect(text).toContain('nx run app:lock');
  });

  it('knows before it begins what is not locked, and what is locked for something else', async () => {
    const requests = repository.requests.length;
    await describeImage('base, tool, extra');
    expect(await rig.failure()).toMatch(
      /^app\/os-image\.yaml:7:26 +INGOT_LOCK_PACKAGE_MISSING +not in packages\.lock: extra/,
    );
    await describeImage('base');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:7:3 +INGOT_LOCK_OUTDATED .*nobody wants any more: tool/);
    await describeImage('base, tool', 'variant: custom');
    expect(await rig.failure()).toMatch(/^app\/os-image\.yaml:6:3 +INGOT_LOCK_OUTDATED .*variant extract/);
    expect(repository.requests.length).toBe(requests);
  });
});

describe('packages.lock', () => {
  it.each([
    [
      'ingot: packages-lock/v1\ndate: 2026-01-01\npackages:\n  amd64:\n    - adduser 3.134\n',
      'packages.lock:5:7',
      'INGOT_FILE_VALUE',
    ],
    [
      'ingot: packages-lock/v1\ndate: 2026-01-01\npackages:\n  amd64:\n    - a 1 i386\n    - a 1 all\n    - a 2 all\n',
      'packages.lock:7:7',
      'INGOT_LOCK_TWICE',
    ],
    ['packages: {}\n', 'packages.lock:1:1', 'INGOT_LOCK_FILE'],
  ])('refuses what is none', async (text, place, code) => {
    await describeImage('base');
    await rig.write({ 'app/packages.lock': text });
    expect(await rig.failure()).toMatch(new RegExp(`^app/${place} +${code}`));
  });
});
