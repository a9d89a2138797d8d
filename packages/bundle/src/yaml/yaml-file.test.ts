import { describe, expect, it } from 'vitest';

import { readYamlFile } from './yaml-file.ts';

const read = (text: string | Uint8Array) => readYamlFile('a.yaml', Buffer.from(text));

describe('readYamlFile', () => {
  it('says where each value stands', () => {
    const file = read('# top\nname: a\nlist:\n  - one\n  - key: value\n');
    expect(file.value).toEqual({ name: 'a', list: ['one', { key: 'value' }] });
    expect(file.place('name')).toBe('a.yaml:2:1');
    expect(file.place('list', 0)).toBe('a.yaml:4:5');
    expect(file.place('list', 1, 'key')).toBe('a.yaml:5:5');
  });

  it('says where the nearest stands, for what is not there', () => {
    const file = read('top:\n  - a\n  - b: {}\n');
    expect(file.place('top', 1, 'b', 'c')).toBe('a.yaml:3:5');
    expect(file.place('top', 7)).toBe('a.yaml:1:1');
    expect(file.place('other')).toBe('a.yaml:1:1');
    expect(file.place()).toBe('a.yaml:1:1');
  });

  it('reads as go-yaml does: on is true, dates and times are texts', () => {
    expect(read('a: on\nb: 2024-01-01\nc: 22:22\nd: 017\n').value).toEqual({
      a: true,
      b: '2024-01-01',
      c: '22:22',
      d: 15,
    });
  });

  it.each(['', '# nothing\n', '---\n', '~\n'])('takes %j for an empty file', (text) => {
    expect(read(text)).toMatchObject({ value: null, problem: undefined, remarks: [] });
  });

  it('lets the last of equal keys count, and says so', () => {
    const file = read('a: 1\nb: 2\na: 3\n');
    expect(file.value).toEqual({ a: 3, b: 2 });
    expect(file.place('a')).toBe('a.yaml:3:1');
    expect(file.remarks).toEqual([{ message: 'a is there twice: the last counts', path: 'a.yaml:3:1' }]);
  });

  it('reads the first document, and says that there are others', () => {
    const file = read('a: 1\n---\nb: 2\n');
    expect(file.value).toEqual({ a: 1 });
    expect(file.remarks.map(({ path }) => path)).toEqual(['a.yaml:2:1']);
  });

  it('refuses a tab, with its place', () => {
    expect(read('a:\n\tb: 1\n').problem?.path).toMatch(/^a\.yaml:2:/);
  });

  it('refuses what is not UTF-8', () => {
    expect(read(Uint8Array.of(0x61, 0x3a, 0x20, 0xff)).problem).toEqual({
      message: 'the file is not UTF-8',
      path: 'a.yaml:1:1',
    });
  });

  it('refuses a bomb of aliases', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let at = 0; at < 8; at += 1) {
      const [name, last] = [String.fromCharCode(98 + at), String.fromCharCode(97 + at)];
      bomb.push(`${name}: &${name} [${Array.from({ length: 9 }, () => `*${last}`).join(', ')}]`);
    }
    expect(read(`${bomb.join('\n')}\n`).problem?.message).toMatch(/alias/i);
  });

  it('refuses what lies deeper than any stack', () => {
    expect(read('['.repeat(100_000)).problem?.message).toMatch(/deep/);
  });

  it('refuses a file that no cluster could store', () => {
    expect(read(`a: ${'x'.repeat(1024 * 1024)}\n`).problem?.message).toBe('the file has 1048580 bytes');
  });
});
