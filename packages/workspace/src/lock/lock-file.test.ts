import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseReference } from '@ingot/registry/reference';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatLock, keyOf, parseLock, readLock, type LockedImage } from './lock-file.ts';

const digest = (sign: string) => `sha256:${sign.repeat(64)}`;
const blob = (sign: string) => ({
  mediaType: 'application/vnd.oci.image.index.v1+json',
  digest: digest(sign),
  size: 529,
});
const debian: LockedImage = {
  image: `docker.io/library/debian:12-slim@${digest('a')}`,
  root: blob('a'),
  platforms: { 'linux/arm64': blob('c'), 'linux/amd64': blob('b') },
};
const tool: LockedImage = {
  image: `registry.example:5000/team/tool:1.0@${digest('d')}`,
  root: blob('d'),
  platforms: {},
};

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ingot-lock-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock', () => {
  it('reads what it writes, sorted, the same whatever the order', () => {
    const text = formatLock([tool, debian]);
    expect(text).toBe(formatLock([debian, tool]));
    expect(text.indexOf('linux/amd64')).toBeLessThan(text.indexOf('linux/arm64'));
    expect(parseLock(text, 'ingot.lock').images).toEqual([debian, tool]);
    expect(parseLock(formatLock([]), 'ingot.lock').images).toEqual([]);
  });

  it('has tag and digest together, on a line that Renovate’s expression of docs/ingot-lock.md finds', () => {
    const expression = /image: (?<depName>\S+):(?<currentValue>[^:@\s]+)@(?<currentDigest>sha256:[a-f0-9]+)/g;
    const found = [...formatLock([debian, tool]).matchAll(expression)].map(({ groups }) => ({ ...groups }));
    expect(found).toEqual([
      { depName: 'docker.io/library/debian', currentValue: '12-slim', currentDigest: digest('a') },
      { depName: 'registry.example:5000/team/tool', currentValue: '1.0', currentDigest: digest('d') },
    ]);
  });

  it('finds a reference however it is written', () => {
    const lock = parseLock(formatLock([debian]), 'ingot.lock');
    for (const text of ['debian:12-slim', 'docker.io/library/debian:12-slim', 'docker.io/debian:12-slim']) {
      expect(lock.find(parseReference(text)), text).toEqual(debian);
    }
    expect(lock.find(parseReference('debian:12'))).toBeUndefined();
    expect(keyOf(parseReference('debian'))).toBe('docker.io/library/debian:latest');
  });

  it('trusts the digest in the reference alone: details of another are none', () => {
    const renewed = formatLock([debian]).replace(`12-slim@${digest('a')}`, `12-slim@${digest('e')}`);
    expect(parseLock(renewed, 'ingot.lock').images).toEqual([
      { image: `docker.io/library/debian:12-slim@${digest('e')}`, platforms: {} },
    ]);
  });

  it('is empty where there is none', async () => {
    expect((await readLock(folder)).images).toEqual([]);
  });

  it.each([
    ['INGOT_LOCK_CONFLICT', 4, `ingot: lock/v1\nimages:\n  - image: a/b:1@${digest('a')}\n<<<<<<< HEAD\n`],
    ['INGOT_LOCK_CONFLICT', 2, 'ingot: lock/v1\n=======\nimages: []\n'],
    ['INGOT_LOCK_FILE', 1, '{"lockfileVersion": 3}\n'],
    [
      'INGOT_LOCK_TWICE',
      4,
      `ingot: lock/v1\nimages:\n  - image: debian:12@${digest('a')}\n  - image: docker.io/library/debian:12@${digest('b')}\n`,
    ],
    ['INGOT_FILE_VALUE', 3, 'ingot: lock/v1\nimages:\n  - image: debian:12\n'],
    ['INGOT_FILE_VALUE', 3, `ingot: lock/v1\nimages:\n  - image: debian@${digest('a')}\n`],
    ['INGOT_FILE_KEY_UNKNOWN', 4, `ingot: lock/v1\nimages:\n  - image: debian:12@${digest('a')}\n    pinned: yes\n`],
    ['INGOT_YAML_SYNTAX', 3, 'ingot: lock/v1\nimages: [\n'],
  ])('refuses with %s in line %i', async (code, line, text) => {
    writeFileSync(join(folder, 'ingot.lock'), text);
    const place = expect.objectContaining({ file: join(folder, 'ingot.lock'), line });
    await expect(readLock(folder)).rejects.toMatchObject({ code, place });
  });
});
