import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readTar } from './tar.ts';
import { blockOf, tarOf } from './test/archive-of.ts';

const read = (tar: Uint8Array) =>
  readTar(tar).map(({ path, type, content }) => [path, type, Buffer.from(content).toString()]);

describe('readTar', () => {
  it('reads files, folders and others', () => {
    const tar = tarOf([
      ['a/', { type: '5' }],
      ['a/b.txt', 'text'],
      ['a/link', { type: '2' }],
      ['a/empty', ''],
      ['old/', { type: '\0' }],
    ]);
    expect(read(tar)).toEqual([
      ['a/', 'directory', ''],
      ['a/b.txt', 'file', 'text'],
      ['a/link', 'other', ''],
      ['a/empty', 'file', ''],
      ['old/', 'directory', ''],
    ]);
  });

  it('reads names that no header has room for, of pax and of GNU', () => {
    const long = `${'d/'.repeat(80)}f`;
    const record = `path=${long}\n`;
    const length = record.length + 1 + 3;
    const tar = Buffer.concat([
      blockOf('x', 'x', Buffer.from(`${length} ${record}`)),
      blockOf('short', '0', Buffer.from('a')),
      blockOf('././@LongLink', 'L', Buffer.from(`${long}\0`)),
      blockOf('short', '0', Buffer.from('b')),
      blockOf('short', '0', Buffer.from('c')),
    ]);
    expect(read(tar)).toEqual([
      [long, 'file', 'a'],
      [long, 'file', 'b'],
      ['short', 'file', 'c'],
    ]);
  });

  it.each<[string, Buffer]>([
    ['no header', Buffer.from('text that is no tar'.repeat(60))],
    ['a broken sum', tarOf([['a', 'x']]).fill(0x41, 0, 1)],
    ['a short content', blockOf('a', '0', Buffer.alloc(2048)).subarray(0, 1024)],
    ['a pax record that is too long', blockOf('x', 'x', Buffer.from('99 path=a\n'))],
    ['a pax record without a length', blockOf('x', 'x', Buffer.from('path=a\n'))],
  ])('refuses %s', (_, tar) => {
    expect(() => readTar(tar)).toThrow();
  });

  it('ends with any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2048 }), (bytes) => {
        try {
          readTar(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
