import { execFileSync } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { makeGardenlinux } from '../format/gardenlinux/make.ts';
import { version } from '../format/test/input.ts';
import type { FormatResult } from '../format/format.ts';
import { madeFormat } from './test/made.ts';

const made = madeFormat('gardenlinux', makeGardenlinux);
const { at, verify } = made;
const base = `demo-metal-amd64-${version}`;

/** Other bytes in a file, and a result that says so. */
function put(role: string, bytes: Uint8Array): FormatResult {
  writeFileSync(join(made.folder(), `${base}.${role}`), bytes);
  const files = made
    .result()
    .files.map((file) => (file.role === role ? { ...file, size: bytes.length, digest: digestOf(bytes) } : file));
  return { ...made.result(), files };
}

function withoutRole(role: string): FormatResult {
  return { ...made.result(), files: made.result().files.filter((file) => file.role !== role) };
}

/** The store unpacked, changed and packed again. */
function store(change: (onmetal: string) => void): FormatResult {
  const archive = join(made.folder(), `${base}.oci.tar.xz`);
  execFileSync(referee('tar'), ['-xJf', archive, '-C', at()]);
  change(at('onmetal'));
  const args = ['-C', at(), '-c', '-I', 'xz -0', 'onmetal'];
  return put('oci.tar.xz', execFileSync(referee('tar'), args, { maxBuffer: 1 << 28 }));
}

const xz = (input: Buffer): Buffer => execFileSync(referee('xz'), ['-zc'], { input, maxBuffer: 1 << 28 });

function blobOf(role: string): string {
  return `blobs/sha256/${made
    .result()
    .files.find((file) => file.role === role)!
    .digest.slice(7)}`;
}

describe("Garden Linux's set", () => {
  it('is found in order as we make it', async () => {
    expect(await verify()).toEqual([]);
  });

  it.each([
    ...['oci.tar.xz', 'tar.xz', 'tar.xz.sha256', 'manifest', 'os-release', 'log', 'vmlinuz', 'initrd', 'raw'].map(
      (role) => [`without .${role}`, 'set', () => withoutRole(role)],
    ),
    ['with a name of another version', 'set', () => ({ ...made.result(), version: '1.0' })],
    [
      'with a file that was changed',
      'changed',
      () => {
        writeFileSync(join(made.folder(), `${base}.log`), 'other');
        return made.result();
      },
    ],
    [
      'with a file that has gone',
      'changed',
      () => {
        rmSync(join(made.folder(), `${base}.log`));
        return made.result();
      },
    ],
    [
      'with the sum as sha256sum writes it',
      'sha256',
      () => put('tar.xz.sha256', execFileSync('sha256sum', [`${base}.tar.xz`], { cwd: made.folder() })),
    ],
    [
      'with a sum without its line end',
      'sha256',
      () => put('tar.xz.sha256', Buffer.from(digestOf(readFileSync(join(made.folder(), `${base}.tar.xz`))).slice(7))),
    ],
    ['with an archive that is not xz', 'unpack', () => put('tar.xz', Buffer.from('no xz'))],
    ['with an archive that is no tar', 'unpack', () => put('tar.xz', xz(Buffer.from('no tar')))],
    [
      'with an archive of something else',
      'root',
      () => put('tar.xz', readFileSync(join(made.folder(), `${base}.oci.tar.xz`))),
    ],
    [
      'with a store that ends early',
      'unpack',
      () => put('oci.tar.xz', readFileSync(join(made.folder(), `${base}.oci.tar.xz`)).subarray(0, 500)),
    ],
    ['with a store of another folder', 'store', otherFolder],
    [
      'with a wrong blob',
      'blob',
      () =>
        store((path) => {
          rmSync(join(path, blobOf('initrd')));
          writeFileSync(join(path, blobOf('initrd')), 'other');
        }),
    ],
    [
      'with a wrong blob that nothing names',
      'blob',
      () => store((path) => writeFileSync(join(path, 'blobs/sha256', '0'.repeat(64)), 'x')),
    ],
    ['with a store without a layer', 'blob', () => store((path) => rmSync(join(path, blobOf('vmlinuz'))))],
    ['with a store without an index', 'index', () => store((path) => rmSync(join(path, 'index.json')))],
    ['with a store without oci-layout', 'layout', () => store((path) => rmSync(join(path, 'oci-layout')))],
    ['with another kernel beside the store', 'same', () => put('vmlinuz', Buffer.from('other'))],
    ['with another disk beside the store', 'same', () => put('raw', Buffer.from('other'))],
    ['without an architecture', 'set', () => ({ ...made.result(), roots: [] })],
  ] as [string, string, () => FormatResult][])('is refused %s', async (_, rule, change) => {
    const errors = (await verify(change())).filter(({ level }) => level === 'error');
    expect(errors.map((finding) => finding.rule)).toContain(`gardenlinux/${rule}`);
  });
});

function otherFolder(): FormatResult {
  execFileSync(referee('tar'), ['-xJf', join(made.folder(), `${base}.oci.tar.xz`), '-C', at()]);
  renameSync(at('onmetal'), at('store'));
  return put(
    'oci.tar.xz',
    execFileSync(referee('tar'), ['-C', at(), '-c', '-I', 'xz -0', 'store'], { maxBuffer: 1 << 28 }),
  );
}
