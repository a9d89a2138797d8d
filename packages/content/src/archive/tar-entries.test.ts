import { execFileSync } from 'node:child_process';
import { createWriteStream, writeFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '../layer/entry.ts';
import { tarStream } from '../layer/tar.ts';
import { readSpan } from '../file-span.ts';
import { testFolder } from '../test/folder.ts';
import { collect } from '../test/image.ts';
import { referee } from '../../../../tools/referee.ts';
import { readTarEntries } from './tar-entries.ts';

const at = testFolder();
const own = { mode: 0o644, uid: 0, gid: 0 };

async function written(entries: readonly LayerEntry[]): Promise<LayerEntry[]> {
  await pipeline(Readable.from(tarStream(entries, { mtime: 7 })), createWriteStream(at('written.tar')));
  return readTarEntries(at('written.tar'));
}

/** Spans become the bytes that they name. */
async function withContent(entries: readonly LayerEntry[]): Promise<unknown[]> {
  return Promise.all(
    entries.map(async (entry) =>
      entry.type === 'file' && !(entry.content instanceof Uint8Array)
        ? { ...entry, content: (await collect(readSpan(entry.content))).toString('hex') }
        : entry,
    ),
  );
}

describe('readTarEntries', () => {
  const everything: LayerEntry[] = [
    { ...own, type: 'character', path: 'dev/console', mode: 0o600, major: 5, minor: 1 },
    { ...own, type: 'block', path: 'dev/vda', mode: 0o660, gid: 6, major: 254, minor: 65536 },
    { ...own, type: 'fifo', path: 'run/initctl' },
    {
      ...own,
      type: 'file',
      path: 'bin/ping',
      mode: 0o4755,
      mtime: 1_700_000_000,
      size: 4,
      content: Buffer.from('ping'),
      xattrs: {
        'security.capability': Buffer.from('0100000200200000000000000000000000000000', 'hex'),
        'user.a': Buffer.from('x\n=\0y'),
      },
    },
    { ...own, type: 'hardlink', path: 'sbin/ping', target: 'bin/ping' },
    { ...own, type: 'symlink', path: 'lib', mode: 0o777, target: 'usr/lib', mtime: 3 },
  ];

  it('gives back what tarStream writes: devices, times of their own, attributes that hold anything', async () => {
    const found = await withContent(await written(everything));
    const expected = everything.map((entry) => ({
      mtime: 7,
      ...entry,
      ...(entry.type === 'file' ? { content: Buffer.from('ping').toString('hex') } : {}),
    }));
    for (const entry of expected) expect(found).toContainEqual(entry);
    expect(found).toHaveLength(expected.length + 4);
  });

  it('writes what GNU tar and bsdtar read: devices, times, attributes', async () => {
    await written(everything);
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
    const listed = execFileSync(
      referee('tar'),
      ['--full-time', '--xattrs', '--xattrs-include=*', '-tvvf', at('written.tar')],
      { env },
    ).toString();
    expect(listed).toMatch(/crw------- +0\/0 +5,1 1970-01-01 00:00:07 dev\/console/);
    expect(listed).toMatch(/brw-rw---- +0\/6 +254,65536 .* dev\/vda/);
    expect(listed).toMatch(/prw-r--r-- +0\/0 .* run\/initctl/);
    expect(listed).toMatch(
      /-rwsr-xr-x\* +0\/0 +4 2023-11-14 22:13:20 bin\/ping\n +x: +20 security.capability\n +x: +5 user.a/,
    );
    expect(execFileSync(referee('bsdtar'), ['-tvf', at('written.tar')], { env }).toString()).toMatch(
      /crw.* 5,1 .* dev\/console/,
    );
  });

  it.each(['gnu', 'posix'])('reads devices, owners and times as GNU tar writes them (%s)', async (format) => {
    execFileSync('mkfifo', [at('pipe')]);
    const args = ['--owner=12:12', '--group=34:34', '--mtime=@1700000000.5', '--mode=0640', `--format=${format}`];
    execFileSync(referee('tar'), [...args, '-cf', at('made.tar'), '-C', '/dev', './null', '-C', at(), './pipe']);
    expect(await readTarEntries(at('made.tar'))).toEqual([
      { type: 'character', path: 'null', mode: 0o640, uid: 12, gid: 34, mtime: 1_700_000_000, major: 1, minor: 3 },
      { type: 'fifo', path: 'pipe', mode: 0o640, uid: 12, gid: 34, mtime: 1_700_000_000 },
    ]);
  });

  it('gives back random attributes and times', async () => {
    const name = fc.stringMatching(/^(user|security|trusted)\.[a-z.]{1,30}$/);
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(name, fc.uint8Array({ maxLength: 600 }), { minKeys: 1, maxKeys: 4, noNullPrototype: true }),
        fc.integer({ min: 0, max: 2 ** 40 }),
        async (xattrs, mtime) => {
          const [found] = await written([{ ...own, type: 'directory', path: 'd', mtime, xattrs }]);
          const read = Object.entries(found?.xattrs ?? {}).map(([key, value]) => [
            key,
            Buffer.from(value).toString('hex'),
          ]);
          const given = Object.entries(xattrs).map(([key, value]) => [key, Buffer.from(value).toString('hex')]);
          expect(Object.fromEntries(read)).toEqual(Object.fromEntries(given));
          expect(found?.mtime).toBe(mtime);
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it.each([
    ['INGOT_TAR_PATH', ['--transform=s,^a,../a,', '-P', 'a']],
    ['INGOT_TAR_PATH', ['a', 'a']],
    ['INGOT_TAR_SPARSE', ['--sparse', '--format=gnu', 'holes']],
    ['INGOT_TAR_SPARSE', ['--sparse', '--format=posix', 'holes']],
  ])('refuses with %s: %s', async (code, args) => {
    writeFileSync(at('a'), 'a');
    execFileSync('truncate', ['-s', '1M', at('holes')]);
    execFileSync(referee('tar'), ['-C', at(), '--hard-dereference', '-cf', at('made.tar'), ...args]);
    await expect(readTarEntries(at('made.tar'))).rejects.toMatchObject({ code });
  });

  it('takes /etc for etc, a folder twice for its last, and leaves the root itself out', async () => {
    execFileSync('mkdir', ['-p', at('etc')]);
    const args = ['-P', '--owner=0:0', '--group=0:0', '--mode=0700', '--mtime=@5', '--no-recursion'];
    const transform = ['--transform=s,^\\./etc$,/etc,'];
    execFileSync(referee('tar'), [...args, ...transform, '-C', at(), '-cf', at('made.tar'), './', './etc', './etc']);
    expect(await readTarEntries(at('made.tar'))).toEqual([
      { type: 'directory', path: 'etc', mode: 0o700, uid: 0, gid: 0, mtime: 5 },
    ]);
  });
});
