import { describe, expect, it } from 'vitest';
import type { MmdebstrapDescription } from '../../description/description.ts';
import { blame, nameOf } from './blame.ts';

const description: MmdebstrapDescription = {
  kind: 'mmdebstrap',
  suite: 'bookworm',
  variant: 'minbase',
  packages: ['systemd-sysv', 'linux-image-amd64=6.1.1-1', 'g++', 'libc6:amd64'],
  sources: [
    'deb http://deb.debian.org/debian bookworm main',
    'deb [arch=amd64] https://apt.example.org/deb/ stable main',
  ],
  keyrings: [],
  credentials: [
    {
      machine: 'apt.example.org',
      login: { env: 'A' },
      password: { env: 'B' },
      place: { file: 'os-image.yaml', line: 1, column: 1 },
    },
  ],
  hooks: { setup: [], extract: [], essential: [], customize: ['echo one', 'chroot "$1" useradd metal'] },
  mode: 'auto',
};

/** Lines as apt 2.6 and mmdebstrap 1.3 write them. */
describe('what a failed mmdebstrap blames', () => {
  it.each([
    ["E: Version '6.1.1-1' for 'linux-image-amd64' was not found", ['packages', 1]],
    ["E: Package 'g++' has no installation candidate", ['packages', 2]],
    ['E: Unable to locate package systemd-sysv', ['packages', 0]],
    ['E: Unable to locate package brought-along', ['packages']],
    [
      'E: Failed to fetch https://apt.example.org/deb/dists/stable/InRelease  401  Unauthorized [IP: 192.0.2.1 443]',
      ['credentials', 0],
    ],
    ["E: The repository 'https://apt.example.org/deb stable Release' does not have a Release file.", ['sources', 1]],
    ["E: The repository 'http://deb.debian.org/debian bookwurm Release' does not have a Release file.", ['suite']],
    [
      "E: Failed to fetch http://deb.debian.org/debian/dists/bookworm/InRelease  Could not resolve 'deb.debian.org'",
      ['sources', 0],
    ],
    [
      "W: GPG error: https://apt.example.org/deb stable InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 0123456789ABCDEF",
      ['sources', 1],
    ],
    ['E: setup failed: E: command failed: sh -c chroot "$1" useradd metal exec /tmp/x', ['hooks', 'customize', 1]],
  ])('%s', (line, path) => {
    expect(blame(description, ['I: running apt-get update...', line, 'E: mmdebstrap failed to run'])?.path).toEqual(
      path,
    );
  });

  it('is nothing where nothing is known', () => {
    expect(blame(description, ['E: something else'])).toBeUndefined();
  });

  it('is the suite where no source names it', () => {
    expect(blame({ ...description, suite: 'bookwurm' }, ['E: dpkg failed'])?.path).toEqual(['suite']);
  });

  it.each([
    ['apt', 'apt'],
    ['apt=2.6.1', 'apt'],
    ['apt/bookworm-backports', 'apt'],
    ['libc6:amd64', 'libc6'],
    ['nano-', 'nano'],
    ['nano+', 'nano'],
    ['g++', 'g++'],
    ['libstdc++6', 'libstdc++6'],
  ])('knows the package that is asked for as %s', (asked, name) => {
    expect(nameOf(asked)).toBe(name);
  });
});
