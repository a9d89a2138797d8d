import { execFileSync } from 'node:child_process';
import {
  closeSync,
  truncateSync,
  writeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  linkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { Header } from 'tar';
import { describe, expect, it } from 'vitest';
import { readSpan } from '../file-span.ts';
import { testFolder } from '../test/folder.ts';
import { collect } from '../test/image.ts';
import { referee } from '../../../../tools/referee.ts';
import { TarIndex } from './tar-index.ts';

const at = testFolder();

/** A block of a header, with a right check sum. */
function header(fields: ConstructorParameters<typeof Header>[0] & object): Buffer {
  const block = Buffer.alloc(512);
  new Header({ mode: 0o644, mtime: new Date(0), size: 0, type: 'File', ...fields } as never).encode(block);
  return block;
}

const end = Buffer.alloc(1024);

function padded(text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

async function indexOf(...blocks: readonly Buffer[]): Promise<TarIndex> {
  writeFileSync(at('made.tar'), Buffer.concat(blocks));
  return TarIndex.open(at('made.tar'));
}

async function text(index: TarIndex, name: string): Promise<string | undefined> {
  const bytes = await index.read(name);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString();
}

const name = fc
  .stringMatching(/^[a-zäß€😀 '"%-]{1,40}$/u)
  .filter((one) => one.trim() === one && !one.startsWith('-') && one !== '.' && one !== '..');
const path = fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
const tree = fc.uniqueArray(fc.tuple(path, fc.string({ maxLength: 2000 })), {
  selector: ([one]) => one.toLowerCase(),
  minLength: 1,
  maxLength: 20,
});

describe('TarIndex', () => {
  const writers: [string, (folder: string, tar: string) => [program: 'tar' | 'bsdtar', args: string[]]][] = [
    ['GNU tar, gnu', (folder, tar) => ['tar', ['--format=gnu', '-C', folder, '-cf', tar, '.']]],
    ['GNU tar, posix', (folder, tar) => ['tar', ['--format=posix', '-C', folder, '-cf', tar, '.']]],
    ['bsdtar, pax', (folder, tar) => ['bsdtar', ['--format=pax', '-C', folder, '-cf', tar, '.']]],
    ['bsdtar, gnutar', (folder, tar) => ['bsdtar', ['--format=gnutar', '-C', folder, '-cf', tar, '.']]],
  ];
  it.each(writers)('finds every file of random archives by %s', async (_, command) => {
    await fc.assert(
      fc.asyncProperty(tree, async (files) => {
        const folder = at('tree');
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
        const written = new Map<string, string>();
        for (const [path, content] of files) {
          if (!tryWrite(join(folder, path), content)) continue;
          written.set(path, content);
        }
        const first = [...written.keys()][0] ?? '';
        linkSync(join(folder, first), join(folder, 'HARD'));
        symlinkSync(first, join(folder, 'SOFT'));
        const [program, args] = command(folder, at('random.tar'));
        execFileSync(referee(program), args, { env: { ...process.env, LC_ALL: 'C.UTF-8' } });
        const index = await TarIndex.open(at('random.tar'));
        for (const [path, content] of [
          ...written,
          ['HARD', written.get(first)],
          ['SOFT', written.get(first)],
        ] as const) {
          const span = index.find(path ?? '');
          expect(span, path).toBeDefined();
          if (span) expect((await collect(readSpan(span))).toString()).toBe(Buffer.from(content ?? '').toString());
        }
        expect(index.names()).toHaveLength(written.size + 2);
      }),
      { seed: 7, numRuns: 12 },
    );
  });

  it.each([
    ['gnu', 512],
    ['posix', 1536],
  ])('finds what lies beyond 8 GiB, as GNU tar writes such sizes (%s)', async (format, headers) => {
    const large = 9 * 1024 ** 3;
    for (const name of ['large', 'made.tar']) closeSync(openSync(at(name), 'w'));
    truncateSync(at('large'), large);
    writeFileSync(at('small'), 'at the end');
    const flags = [`--format=${format}`, '--pax-option=delete=atime,delete=ctime,delete=mtime', '-C', at(), '-cf', '-'];
    // Only the headers are GNU tar's: nobody needs to read 9 GiB of zeros.
    const pipe = [
      '-c',
      '"$@" | head -c 4096',
      'sh',
      referee('tar'),
      ...(format === 'gnu' ? flags.toSpliced(1, 1) : flags),
    ];
    const head = execFileSync('/bin/sh', [...pipe, 'large']).subarray(0, headers);
    const file = openSync(at('made.tar'), 'w');
    writeSync(file, head, 0, headers, 0);
    const tail = execFileSync('/bin/sh', [...pipe, 'small']);
    writeSync(file, tail, 0, tail.length, headers + large);
    closeSync(file);
    const index = await TarIndex.open(at('made.tar'));
    expect(index.find('large')).toMatchObject({ offset: headers, size: large });
    expect(await text(index, 'small')).toBe('at the end');
  });

  it('takes the last of equal names, as unpacking does', async () => {
    const index = await indexOf(
      header({ path: 'a', size: 1 }),
      padded('1'),
      header({ path: './a', size: 2 }),
      padded('22'),
      end,
    );
    expect(await text(index, 'a')).toBe('22');
    expect(index.names()).toEqual(['a']);
  });

  it('follows links within the archive, and none out of it or in a circle', async () => {
    const link = (path: string, linkpath: string): Buffer => header({ path, linkpath, type: 'SymbolicLink' });
    const index = await indexOf(
      header({ path: 'x/layer.tar', size: 5 }),
      padded('layer'),
      link('y/layer.tar', '../x/layer.tar'),
      link('z/layer.tar', '../y/layer.tar'),
      header({ path: 'hard', linkpath: 'z/layer.tar', type: 'Link' }),
      link('absolute', '/etc/passwd'),
      link('up', '../etc/passwd'),
      link('deep/up', '../../../etc/passwd'),
      link('one', 'two'),
      link('two', 'one'),
      link('self', 'self'),
      link('nowhere', 'nothing'),
      header({ path: '../outside', size: 1 }),
      padded('!'),
      end,
    );
    for (const name of ['x/layer.tar', 'y/layer.tar', 'z/layer.tar', 'hard', './x//layer.tar']) {
      expect(await text(index, name), name).toBe('layer');
    }
    for (const name of [
      'absolute',
      'up',
      'deep/up',
      'one',
      'two',
      'self',
      'nowhere',
      '../outside',
      'outside',
      '',
      'x',
    ]) {
      expect(index.find(name), name).toBeUndefined();
    }
  });

  it('does not wait for a pipe', async () => {
    execFileSync('mkfifo', [at('pipe.tar')]);
    await expect(TarIndex.open(at('pipe.tar'))).rejects.toMatchObject({ code: 'INGOT_FILE', path: at('pipe.tar') });
  });

  it('reads an archive without its two blocks of zeros', async () => {
    expect(await text(await indexOf(header({ path: 'a', size: 1 }), padded('1')), 'a')).toBe('1');
  });

  it.each<[string, Buffer[], RegExp]>([
    ['nothing', [], /ends within a header/],
    ['less than a header', [Buffer.from('hello')], /ends within a header/],
    ['no header', [Buffer.alloc(1024, 'x')], /no header/],
    ['a changed header', [Buffer.from(header({ path: 'a' })).fill('b', 0, 1), end], /no header/],
    ['a size beyond the file', [header({ path: 'a', size: 10_000 }), end], /more than the file has/],
    [
      'a size beyond all numbers',
      [header({ path: 'a', size: Number.MAX_SAFE_INTEGER }), end],
      /more than the file has/,
    ],
    ['a negative size', [negative(), end], /without a size/],
    [
      'a huge pax header',
      [header({ path: 'a', size: 2 << 20, type: 'ExtendedHeader' }), Buffer.alloc(2 << 20)],
      /has a header of/,
    ],
    [
      'a cut pax header',
      [header({ path: 'a', size: 600, type: 'ExtendedHeader' }), Buffer.alloc(512)],
      /more than the file/,
    ],
    ['content that is cut', [header({ path: 'a', size: 600 }), Buffer.alloc(512)], /more than the file/],
  ])('refuses %s', async (_, blocks, message) => {
    await expect(indexOf(...blocks)).rejects.toMatchObject({ code: 'INGOT_TAR', path: at('made.tar') });
    await expect(indexOf(...blocks)).rejects.toThrow(message);
  });

  it('takes a size from pax only where it fits', async () => {
    const pax = (record: string): Buffer[] => {
      const line = ` ${record}\n`;
      const length = line.length + 2;
      return [header({ path: 'p', size: length, type: 'ExtendedHeader' }), padded(`${length}${line}`)];
    };
    expect(await text(await indexOf(...pax('size=3'), header({ path: 'a', size: 0 }), padded('abc'), end), 'a')).toBe(
      'abc',
    );
    for (const size of ['99999', '1.5', '1e300', 'Infinity']) {
      await expect(indexOf(...pax(`size=${size}`), header({ path: 'a' }), end), size).rejects.toMatchObject({
        code: 'INGOT_TAR',
      });
    }
  });

  it('survives any change of a byte: an error of ours, or spans within the file', async () => {
    mkdirSync(at('t'));
    writeFileSync(at('t', 'b'.repeat(120)), 'content');
    symlinkSync('x', at('t/link'));
    execFileSync(referee('tar'), ['--format=posix', '-C', at('t'), '-cf', at('sound.tar'), '.']);
    const sound = readFileSync(at('sound.tar'));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(6000), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        async (changes) => {
          const bytes = Buffer.from(sound);
          for (const [position, value] of changes) bytes[position] = value;
          for (let start = 0; start < 6144; start += 512) repair(bytes, start);
          writeFileSync(at('changed.tar'), bytes);
          try {
            const index = await TarIndex.open(at('changed.tar'));
            for (const span of index.names().map((name) => index.find(name))) {
              if (span) expect(span.offset + span.size).toBeLessThanOrEqual(bytes.length);
            }
          } catch (error) {
            expect(error).toMatchObject({ code: 'INGOT_TAR' });
          }
        },
      ),
      { seed: 3, numRuns: 600 },
    );
  });
});

function negative(): Buffer {
  const block = header({ path: 'a' });
  block.fill(0xff, 124, 136);
  block.fill(0, 124, 124);
  repair(block, 0);
  return block;
}

/** Sets the check sum of the block at `start`, so that a change gets past it. */
function repair(bytes: Buffer, start: number): void {
  const block = bytes.subarray(start, start + 512);
  if (block.subarray(257, 262).toString() !== 'ustar') return;
  block.fill(' ', 148, 156);
  const sum = block.reduce((all, byte) => all + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
}

/** False where a name of the path is a file already, or the file is a folder. */
function tryWrite(path: string, content: string): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch {
    return false;
  }
}
