import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '@ingot/content';
import { refuseEscapingLinks } from './escaping-links.ts';
import { applyLayer } from './layers.ts';
import { RootTree } from './root-tree.ts';

const owner = { uid: 0, gid: 0 };
const file = (path: string, text = path): LayerEntry => ({
  type: 'file',
  path,
  mode: 0o644,
  ...owner,
  size: text.length,
  content: Buffer.from(text),
});
const folder = (path: string, mode = 0o755): LayerEntry => ({ type: 'directory', path, mode, ...owner });
const link = (path: string, target: string): LayerEntry => ({ type: 'symlink', path, target, mode: 0o777, ...owner });
const hard = (path: string, target: string): LayerEntry => ({ type: 'hardlink', path, target, mode: 0o644, ...owner });

function treeOf(...entries: readonly LayerEntry[]): RootTree {
  const tree = new RootTree();
  for (const entry of entries) tree.put(entry);
  return tree;
}

const shown = (tree: RootTree): string[] =>
  tree.entries(100).map((entry) => {
    if (entry.type === 'symlink') return `${entry.path} -> ${entry.target}`;
    if (entry.type === 'hardlink') return `${entry.path} = ${entry.target}`;
    return entry.type === 'directory' ? `${entry.path}/` : entry.path;
  });

describe('a root as a tree', () => {
  it('is sorted, whatever the order was', () => {
    expect(shown(treeOf(file('b'), folder('a'), file('a/z'), file('a.b')))).toEqual(['a/', 'a.b', 'a/z', 'b']);
  });

  it('has no time after the given one', () => {
    const tree = treeOf({ ...file('new'), mtime: 101 }, { ...file('old'), mtime: 99 }, file('none'));
    expect(tree.entries(100).map(({ path, mtime }) => `${path} ${mtime}`)).toEqual(['new 100', 'none 100', 'old 99']);
  });

  it('lays a file behind a link of a folder where the link leads', () => {
    expect(shown(treeOf(link('lib', 'usr/lib'), folder('usr/lib'), file('lib/systemd/x')))).toEqual([
      'lib -> usr/lib',
      'usr/',
      'usr/lib/',
      'usr/lib/systemd/',
      'usr/lib/systemd/x',
    ]);
    expect(shown(treeOf(link('a', '/b/../../../c'), folder('b'), folder('c'), file('a/x')))).toContain('c/x');
    expect(shown(treeOf(folder('usr'), link('usr/a', '/etc'), folder('etc'), file('usr/a/x')))).toContain('etc/x');
  });

  it('replaces what is no folder, with all below', () => {
    expect(shown(treeOf(folder('a'), file('a/b'), file('a')))).toEqual(['a']);
    expect(shown(treeOf(link('a', 'b'), folder('a'), file('a/x')))).toEqual(['a/', 'a/x']);
    const tree = treeOf(folder('a', 0o755), file('a/b'), folder('a', 0o700));
    expect(shown(tree)).toEqual(['a/', 'a/b']);
    expect(tree.find('a')?.inode.mode).toBe(0o700);
  });

  it('knows names of one file, whichever of them stays', () => {
    const tree = treeOf(file('z'), hard('m', 'z'), hard('a', 'm'));
    expect(shown(tree)).toEqual(['a', 'm = a', 'z = a']);
    tree.remove('a');
    expect(shown(tree)).toEqual(['m', 'z = m']);
    tree.put(file('m', 'another'));
    expect(shown(tree)).toEqual(['m', 'z']);
  });

  it('refuses what has a file or a circle on its way, and hard links to nothing', () => {
    expect(() => treeOf(file('a'), file('a/b'))).toThrow(expect.objectContaining({ code: 'INGOT_ROOTFS_PATH' }));
    expect(() => treeOf(link('a', 'b'), link('b', 'a'), file('a/x'))).toThrow(/circle/);
    expect(() => treeOf(hard('a', 'b'))).toThrow(/which is not there/);
    expect(() => treeOf(folder('b'), hard('a', 'b'))).toThrow(/a folder/);
  });

  it('follows links within the root only', () => {
    const tree = treeOf(
      link('etc/os-release', '../usr/lib/os-release'),
      file('usr/lib/os-release'),
      link('up', '../../usr'),
    );
    expect(tree.find('/etc/os-release')?.path).toBe('usr/lib/os-release');
    expect(tree.find('up/lib/os-release')?.path).toBe('usr/lib/os-release');
    expect(tree.find('etc/none')).toBeUndefined();
  });
});

describe('links that lead out', () => {
  it.each([
    ['a', '..'],
    ['etc/x', '../../host'],
    ['usr/lib/x', '../../../etc/passwd'],
    ['usr/lib/x', 'a/../../../../b'],
  ])('%s -> %s is refused', (path, target) => {
    expect(() => refuseEscapingLinks(treeOf(link(path, target)))).toThrow(
      expect.objectContaining({ code: 'INGOT_ROOTFS_LINK', message: expect.stringContaining(`/${path}`) }),
    );
  });

  it.each([
    ['etc/x', '../usr/lib/x'],
    ['etc/x', '/../../etc/y'],
    ['usr/lib/x', '../../'],
    ['x', './y/../z'],
  ])('%s -> %s is not', (path, target) => {
    expect(() => refuseEscapingLinks(treeOf(link(path, target)))).not.toThrow();
  });
});

describe('a layer', () => {
  it('deletes what lower layers have, wherever it says so', () => {
    const tree = treeOf(folder('a'), file('a/one'), file('a/two'), folder('b'), file('b/old'), file('c'));
    applyLayer(tree, [
      file('a/one', 'new'),
      file('a/.wh.one', ''),
      file('a/.wh.two', ''),
      file('b/new'),
      file('b/.wh..wh..opq', ''),
      file('.wh.c', ''),
      file('.wh..wh.plnk', ''),
    ]);
    expect(shown(tree)).toEqual(['a/', 'a/one', 'b/', 'b/new']);
  });
});
