import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { padding } from './header.ts';
import { tarStream } from './tar.ts';
import type { LayerEntry } from './entry.ts';

const readers = ['tar', 'bsdtar'] as const;
const mtime = 1_000_000_000;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-tar-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function file(path: string, text = '', more: object = {}): LayerEntry {
  const content = Buffer.from(text);
  return { type: 'file', path, mode: 0o644, uid: 0, gid: 0, size: content.length, content, ...more };
}

async function run(program: (typeof readers)[number], args: string[], archive: Buffer): Promise<string> {
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  return execFileSync(referee(program), [...args, '-f', '-'], { input: archive, stdio: 'pipe', env }).toString();
}

async function archive(entries: Iterable<LayerEntry>, time = mtime): Promise<Buffer> {
  return buffer(tarStream(entries, { mtime: time }));
}

/** One of everything that a header can say. */
const deep = `${'directory-with-a-name/'.repeat(14)}leaf`;
const long = 'n'.repeat(255);
const everything: LayerEntry[] = [
  file('etc/motd', 'hello\n'),
  file('bin/tool', '#!/bin/sh\n', { mode: 0o4755, uid: 1000, gid: 100 }),
  file('exactly-512', 'x'.repeat(512)),
  file('empty'),
  file('ünïcödé/文件 \u{1f600}', 'unicode'),
  file('with space and \\ back\\slash', 'odd'),
  file('with\nline end', 'odd'),
  file(deep, 'deep'),
  file(long, 'long'),
  file(`${'d'.repeat(94)}/${'f'.repeat(5)}`, '100 bytes'),
  file('owned', '', { uid: 2_097_152, gid: 4_294_967_294 }),
  { type: 'directory', path: 'tmp', mode: 0o1777, uid: 0, gid: 0 },
  { type: 'directory', path: 'var/empty', mode: 0o700, uid: 65532, gid: 65532 },
  { type: 'symlink', path: 'bin/sh', mode: 0o777, uid: 0, gid: 0, target: 'tool' },
  { type: 'symlink', path: 'far', mode: 0o777, uid: 0, gid: 0, target: `/${deep}/ä` },
  { type: 'hardlink', path: 'bin/again', mode: 0o4755, uid: 1000, gid: 100, target: 'bin/tool' },
  { type: 'hardlink', path: 'above', mode: 0o644, uid: 0, gid: 0, target: deep },
];

describe.each(readers)('%s reads', (reader) => {
  it('every name, owner, size and link', async () => {
    const listed = await run(reader, ['-tv', '--numeric-owner'], await archive(everything));
    const lines = listed.trimEnd().split('\n');
    const line = (end: string): string => {
      const found = lines.find((one) => one.endsWith(end)) ?? `nothing ends with ${end}`;
      return found.replaceAll(/[\s/]+/g, ' ');
    };
    expect(line('etc/motd')).toMatch(/^-rw-r--r-- (0 )?0 0 6 /);
    expect(line(' bin/tool')).toMatch(/^-rwsr-xr-x (0 )?1000 100 10 /);
    expect(line(' tmp/')).toMatch(/^drwxrwxrwt (0 )?0 0 0 /);
    expect(line('var/empty/')).toMatch(/^drwx------ (0 )?65532 65532 0 /);
    expect(line(' var/')).toMatch(/^drwxr-xr-x (0 )?0 0 0 /);
    expect(line(' owned')).toMatch(/^-rw-r--r-- (0 )?2097152 4294967294 0 /);
    expect(line('bin/sh -> tool')).toMatch(/^lrwxrwxrwx /);
    expect(line(`far -> /${deep}/ä`)).toMatch(/^lrwxrwxrwx /);
    expect(line('bin/again link to bin/tool')).toMatch(/^h/);
    expect(line(`above link to ${deep}`)).toMatch(/^h/);
    expect(line(` ${long}`)).toMatch(/^-rw-r--r-- (0 )?0 0 4 /);
    expect(line('ünïcödé/文件 \u{1f600}')).toMatch(/^-rw-r--r-- (0 )?0 0 7 /);
    for (const one of lines) expect(one).toMatch(/2001-09-09 01:46|Sep +9 +2001/);
  });

  it('and unpacks every byte and mode', async () => {
    await run(reader, ['-xp', '--numeric-owner', '-C', folder], await archive(everything));
    for (const entry of everything) {
      const path = join(folder, entry.path);
      if (entry.type === 'file') {
        expect(await readFile(path)).toEqual(entry.content);
        expect(await stat(path)).toMatchObject({ uid: entry.uid, gid: entry.gid, mtimeMs: mtime * 1000 });
        expect((await stat(path)).mode & 0o7777).toBe(entry.mode);
      }
      if (entry.type === 'symlink') expect(await readlink(path)).toBe(entry.target);
      if (entry.type === 'hardlink') expect((await stat(path)).ino).toBe((await stat(join(folder, entry.target))).ino);
      if (entry.type === 'directory') expect((await stat(path)).mode & 0o7777).toBe(entry.mode);
    }
  });

  it('what comes after a large file', async () => {
    const large = Buffer.alloc(1024 * 1024 + 1, 'large ');
    const entries = [file('large', '', { content: large, size: large.length }), file('small', 'text')];
    await run(reader, ['-x', '-C', folder], await archive(entries));
    expect((await readFile(join(folder, 'large'))).equals(large)).toBe(true);
    expect(await readFile(join(folder, 'small'), 'utf8')).toBe('text');
  });

  it('a file of 9 GiB in a header of its own', async () => {
    const size = 9 * 1024 ** 3;
    const span = { path: '/nowhere', offset: 0, size };
    const parts = tarStream([file('huge', '', { size, content: span })], { mtime });
    const header = Buffer.from((await parts.next()).value as Uint8Array);
    await parts.return();
    const listed = execFileSync('sh', ['-c', '"$0" -tvf - 2>/dev/null || true', referee(reader)], { input: header });
    expect(listed.toString()).toContain(` ${size} `);
  });

  it('a time after 2242', async () => {
    const listed = await run(reader, ['-tv'], await archive([file('a')], 9_000_000_000));
    expect(listed).toMatch(/2255/);
  });
});

it('bsdtar gives back random trees', async () => {
  const name = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .filter((text) => !/[/\0]|^\.\.?$|^\.wh\.|\p{Surrogate}/u.test(text) && Buffer.byteLength(text) < 256);
  const path = fc.array(name, { minLength: 1, maxLength: 12 }).map((names) => names.join('/'));
  const tree = fc.dictionary(path, fc.uint8Array({ maxLength: 2000 }), {
    minKeys: 1,
    maxKeys: 12,
    noNullPrototype: true,
  });
  await fc.assert(
    fc.asyncProperty(tree, async (contents) => {
      const paths = Object.keys(contents);
      fc.pre(!paths.some((one) => paths.some((other) => other.startsWith(`${one}/`))));
      const entries = Object.entries(contents).map(([at, content]) => file(at, '', { content, size: content.length }));
      const bytes = await archive(entries);
      expect(await archive(entries.toReversed())).toEqual(bytes);
      const target = await mkdtemp(join(folder, 'tree-'));
      await run('bsdtar', ['-x', '-C', target], bytes);
      for (const [at, content] of Object.entries(contents)) {
        expect(Buffer.compare(await readFile(join(target, at)), content), JSON.stringify(at)).toBe(0);
      }
    }),
    { seed: 7, numRuns: 60 },
  );
});

it('carries no name of a user, no device, no time but the one, and ends in two blocks of zeros', async () => {
  const bytes = await archive([file('a', 'text', { uid: 12 })]);
  expect(bytes).toHaveLength(4 * 512);
  expect(bytes.subarray(257, 265).toString('latin1')).toBe('ustar\u000000');
  expect(bytes.subarray(265, 329).every((byte) => byte === 0)).toBe(true);
  expect(bytes.subarray(345, 512).every((byte) => byte === 0)).toBe(true);
  expect(bytes.subarray(1024).every((byte) => byte === 0)).toBe(true);
});

it('writes pax records of the right length, at every length', async () => {
  for (let length = 1; length < 256; length++) {
    const path = `${'d'.repeat(200)}/${'ä'.repeat(Math.ceil(length / 3))}${'f'.repeat(Math.floor(length / 3))}`;
    const bytes = await archive([file(path)]);
    const header = bytes.indexOf('PaxHeaders/', 512);
    const size = parseInt(bytes.subarray(header + 124, header + 135).toString(), 8);
    const body = bytes.subarray(header + 512, header + 512 + size).toString();
    expect(body).toBe(`${size} path=${path}\n`);
    expect(Buffer.byteLength(body)).toBe(size);
  }
});

describe('content from the disk', () => {
  const large = 3 * 1024 * 1024 + 17;

  async function onDisk(size: number): Promise<LayerEntry> {
    const path = join(folder, `file-${size}`);
    await writeFile(path, Buffer.alloc(size, 'content '));
    return file(`file-${size}`, '', { size, content: { path, offset: 0, size } });
  }

  function spanOf(entry: LayerEntry): string {
    return entry.type === 'file' && !(entry.content instanceof Uint8Array) ? entry.content.path : '';
  }

  function failure(code: string, path: string): Error {
    return expect.objectContaining({ code, path }) as Error;
  }

  it('is the same as from memory, small and large', async () => {
    for (const size of [0, 1, 511, 512, 1024 * 1024, 1024 * 1024 + 1, large]) {
      const entry = await onDisk(size);
      const same = file(entry.path, '', { size, content: Buffer.alloc(size, 'content ') });
      expect((await archive([entry])).equals(await archive([same]))).toBe(true);
    }
  });

  it('can be a part of a file', async () => {
    const path = join(folder, 'archive');
    await writeFile(path, 'headCONTENTtail');
    const bytes = await archive([file('part', '', { size: 7, content: { path, offset: 4, size: 7 } })]);
    expect(bytes.subarray(512, 512 + 7).toString()).toBe('CONTENT');
  });

  it.each([1000, large])(
    'that is shorter, longer, gone or a folder is an error that names it (%i bytes)',
    async (size) => {
      const entry = await onDisk(size);
      const path = spanOf(entry);
      await writeFile(path, Buffer.alloc(size - 1));
      await expect(archive([entry])).rejects.toThrow(failure('INGOT_LAYER_FILE_CHANGED', path));
      await writeFile(path, Buffer.alloc(size + 1));
      await expect(archive([entry])).rejects.toThrow(failure('INGOT_LAYER_FILE_CHANGED', path));
      await rm(path);
      await expect(archive([entry])).rejects.toThrow(failure('INGOT_LAYER_FILE', path));
      const inFolder = file('x', '', { size, content: { path: folder, offset: 0, size } });
      await expect(archive([inFolder])).rejects.toThrow(failure('INGOT_LAYER_FILE', folder));
    },
  );

  it('that changes under the reader is an error that names it', async () => {
    const entry = await onDisk(large);
    const path = spanOf(entry);
    for (const change of [Buffer.alloc(large, 'new'), Buffer.alloc(2_000_000), Buffer.alloc(large + 5)]) {
      await writeFile(path, Buffer.alloc(large));
      const stream = tarStream([entry], { mtime });
      await stream.next();
      await stream.next();
      await writeFile(path, change);
      await expect(buffer(stream)).rejects.toThrow(failure('INGOT_LAYER_FILE_CHANGED', path));
    }
  });

  it('that is a pipe does not wait for a writer', async () => {
    const path = join(folder, 'pipe');
    execFileSync('mkfifo', [path]);
    const entry = file('x', '', { size: 1, content: { path, offset: 0, size: 1 } });
    await expect(archive([entry])).rejects.toThrow(failure('INGOT_LAYER_FILE', path));
  });

  it('keeps its order among many small files', async () => {
    const entries = await Promise.all(Array.from({ length: 100 }, (_, index) => onDisk(index * 37)));
    await run('bsdtar', ['-x', '-C', folder], await archive(entries));
    for (const entry of entries) expect((await stat(join(folder, entry.path))).size).toBe(Number(entry.path.slice(5)));
  });
});

it('refuses a time that is none, and a size that is not the content’s', async () => {
  for (const time of [-1, 0.5, NaN, 1e15]) {
    await expect(archive([], time)).rejects.toMatchObject({ code: 'INGOT_LAYER_ENTRY' });
  }
  await expect(archive([file('a', 'text', { size: 5 })])).rejects.toMatchObject({ code: 'INGOT_LAYER_ENTRY' });
});

it('pads to whole blocks', () => {
  expect([0, 1, 511, 512, 513].map(padding)).toEqual([0, 511, 1, 0, 511]);
});
