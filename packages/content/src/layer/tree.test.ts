import { describe, expect, it } from 'vitest';
import { arrange } from './tree.ts';
import type { LayerEntry } from './entry.ts';

const owner = { mode: 0o644, uid: 0, gid: 0 };

function file(path: string, more: object = {}): LayerEntry {
  return { type: 'file', path, ...owner, size: 0, content: new Uint8Array(), ...more };
}

function hardlink(path: string, target: string): LayerEntry {
  return { type: 'hardlink', path, ...owner, target };
}

function paths(entries: LayerEntry[]): string[] {
  return arrange(entries).map((entry) => entry.path);
}

describe('the order of a layer', () => {
  it('is that of the code units, whatever order the entries came in', () => {
    const entries = ['b', 'a/b', 'a.b', 'B', 'ä', 'a', '\u{1f600}', '\uffee', 'a/B'].map((path) =>
      path === 'a' ? ({ type: 'directory', path, ...owner, mode: 0o700 } as const) : file(path),
    );
    const sorted = ['B', 'a', 'a.b', 'a/B', 'a/b', 'b', 'ä', '\u{1f600}', '\uffee'];
    expect(paths(entries)).toEqual(sorted);
    expect(paths(entries.toReversed())).toEqual(sorted);
  });

  it('has parents before children: those given as they are, those missing as 0755 and 0:0', () => {
    const given: LayerEntry = { type: 'directory', path: 'opt/own', mode: 0o700, uid: 5, gid: 6 };
    expect(arrange([file('opt/own/x/y'), given])).toMatchObject([
      { type: 'directory', path: 'opt', mode: 0o755, uid: 0, gid: 0 },
      given,
      { type: 'directory', path: 'opt/own/x', mode: 0o755, uid: 0, gid: 0 },
      { type: 'file', path: 'opt/own/x/y' },
    ]);
  });

  it('has hard links last, when their file is there', () => {
    expect(paths([hardlink('a', 'z/file'), file('z/file'), hardlink('b/c', 'z/file')])).toEqual([
      ...['b', 'z', 'z/file'],
      ...['a', 'b/c'],
    ]);
  });
});

describe('refused in a layer', () => {
  const directory = (path: string): LayerEntry => ({ type: 'directory', path, ...owner });
  const symlink = (path: string, target: string): LayerEntry => ({ type: 'symlink', path, ...owner, target });
  it.each([
    ['an absolute path', 'INGOT_LAYER_PATH', [file('/etc/passwd')]],
    ['an empty path', 'INGOT_LAYER_PATH', [file('')]],
    ['a way up', 'INGOT_LAYER_PATH', [file('a/../../b')]],
    ['a way up alone', 'INGOT_LAYER_PATH', [directory('..')]],
    ['a dot', 'INGOT_LAYER_PATH', [file('./a')]],
    ['an empty name', 'INGOT_LAYER_PATH', [file('a//b')]],
    ['a slash at the end', 'INGOT_LAYER_PATH', [directory('a/')]],
    ['a NUL', 'INGOT_LAYER_PATH', [file('a\0b')]],
    ['half a surrogate pair', 'INGOT_LAYER_PATH', [file('a\ud800')]],
    ['a name of 256 bytes', 'INGOT_LAYER_PATH', [file('ä'.repeat(128))]],
    ['a path of 4096 bytes', 'INGOT_LAYER_PATH', [file(`${'a/'.repeat(2047)}bb`)]],
    ['a whiteout', 'INGOT_LAYER_PATH', [file('etc/.wh.passwd')]],
    ['an opaque whiteout', 'INGOT_LAYER_PATH', [file('etc/.wh..wh..opq')]],
    ['a file in a file', 'INGOT_LAYER_PATH', [file('a'), file('a/b/c')]],
    ['a file in a link', 'INGOT_LAYER_PATH', [symlink('a', '/etc'), file('a/b')]],
    ['a link to nowhere', 'INGOT_LAYER_PATH', [symlink('a', '')]],
    ['a link with a NUL', 'INGOT_LAYER_PATH', [symlink('a', 'b\0')]],
    ['one path twice', 'INGOT_LAYER_DUPLICATE', [file('a'), directory('a')]],
    ['a hard link without its file', 'INGOT_LAYER_LINK', [hardlink('a', 'b')]],
    ['a hard link to itself', 'INGOT_LAYER_LINK', [hardlink('a', 'a')]],
    ['a hard link to a folder', 'INGOT_LAYER_LINK', [hardlink('a', 'b'), directory('b')]],
    ['a hard link to a link', 'INGOT_LAYER_LINK', [hardlink('a', 'b'), symlink('b', 'c')]],
    ['a hard link out of the layer', 'INGOT_LAYER_PATH', [hardlink('a', '../b')]],
    ['a mode of more than 12 bits', 'INGOT_LAYER_ENTRY', [file('a', { mode: 0o10000 })]],
    ['a mode that is no number', 'INGOT_LAYER_ENTRY', [file('a', { mode: NaN })]],
    ['a negative uid', 'INGOT_LAYER_ENTRY', [file('a', { uid: -1 })]],
    ['the gid that means none', 'INGOT_LAYER_ENTRY', [file('a', { gid: 2 ** 32 - 1 })]],
    ['half a byte', 'INGOT_LAYER_ENTRY', [file('a', { size: 0.5 })]],
  ] as [string, string, LayerEntry[]][])('%s', (_, code, entries) => {
    expect(() => arrange(entries)).toThrow(expect.objectContaining({ code, path: expect.any(String) }));
  });

  it('but a name of 255 bytes, a path of 4095 and a link that leads out are fine', () => {
    const entries = [file('ä'.repeat(127)), file(`${'a/'.repeat(2047)}b`), symlink('x', '../../etc')];
    expect(paths(entries)).toHaveLength(2050);
  });
});
