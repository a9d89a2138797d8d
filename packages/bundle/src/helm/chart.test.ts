import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { treeOf, type SampleEntry } from '../verify/test/tree-of.ts';
import { allCharts, chartFolder, chartName, chartOf, fileOf } from './chart.ts';
import { archiveOf, blockOf } from './test/archive-of.ts';

const chartYaml = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`;
const load = (files: Record<string, SampleEntry>) => chartOf(treeOf(files));

describe('chartFolder', () => {
  it.each<[string, Record<string, SampleEntry>, string]>([
    ['the root', { 'Chart.yaml': '', 'values.yaml': '' }, ''],
    ['the root, of one file', { 'Chart.yaml': '' }, ''],
    ['the only folder', { 'hello/Chart.yaml': '' }, 'hello'],
    ['the root, where a file lies beside a folder', { 'hello/Chart.yaml': '', 'README.md': '' }, ''],
    ['the only folder, where a link lies beside it', { 'hello/Chart.yaml': '', link: { link: 'hello' } }, 'hello'],
  ])('is %s', (_, files, folder) => {
    expect(chartFolder(treeOf(files))).toBe(folder);
  });
});

describe('chartOf', () => {
  it('reads a chart and those in charts/: folders, archives, and archives in them', () => {
    const inner = archiveOf({ 'inner/Chart.yaml': chartYaml('inner') });
    const outer = archiveOf({ 'outer/Chart.yaml': chartYaml('outer'), 'outer/charts/.hidden/a': 'x' });
    const chart = load({
      'hello/Chart.yaml': chartYaml('hello'),
      'hello/charts/folder/Chart.yaml': chartYaml('folder'),
      'hello/charts/folder/charts/inner-1.0.0.tgz': inner,
      'hello/charts/outer-1.0.0.tgz': outer,
      'hello/charts/outer-1.0.0.tgz.prov': 'signature',
      'hello/charts/_notes.txt': 'hidden',
    });
    expect(allCharts(chart).map((one) => [chartName(one), one.folder, one.problems])).toEqual([
      ['hello', 'hello', []],
      ['folder', 'hello/charts/folder', []],
      ['inner', 'hello/charts/folder/charts/inner-1.0.0.tgz/inner', []],
      ['outer', 'hello/charts/outer-1.0.0.tgz/outer', []],
    ]);
    expect(chart.charts[0]!.charts[0]!.metadata!.place('name')).toBe(
      'hello/charts/folder/charts/inner-1.0.0.tgz/inner/Chart.yaml:2:1',
    );
  });

  it('gives files by their names in the chart', () => {
    const chart = load({ 'hello/Chart.yaml': chartYaml('hello'), 'hello/templates/a.yaml': 'a' });
    expect(fileOf(chart, 'templates/a.yaml')?.path).toBe('hello/templates/a.yaml');
  });

  it.each<[string, Record<string, SampleEntry>, string]>([
    ['a file in charts/', { 'charts/README.md': 'x' }, 'charts/README.md'],
    ['an archive that is none', { 'charts/a.tgz': 'x' }, 'charts/a.tgz'],
    ['an archive of another kind', { 'charts/a.tar.gz': gzipSync('x') }, 'charts/a.tar.gz'],
    ['a folder named as an archive', { 'charts/a.tgz/Chart.yaml': 'x' }, 'charts/a.tgz'],
    ['an absolute path', { 'charts/a.tgz': archiveOf({ '/etc/passwd': 'x' }) }, 'charts/a.tgz//etc/passwd'],
    ['a large archive', { 'charts/a.tgz': { size: 2 ** 25 } }, 'charts/a.tgz'],
    ['a file of dots', { '..a': 'x' }, '..a'],
  ])('tells of %s', (_, files, path) => {
    expect(load({ 'Chart.yaml': chartYaml('hello'), ...files }).problems).toEqual([
      { message: expect.any(String) as string, path },
    ]);
  });

  it('unpacks archives in archives only so deep', () => {
    let archive = archiveOf({ 'a/Chart.yaml': chartYaml('a') });
    for (let depth = 0; depth < 9; depth += 1) {
      const files = [
        ['a/Chart.yaml', chartYaml('a')] as const,
        ['a/charts/a.tgz', archive.toString('latin1')] as const,
      ];
      archive = packed(files);
    }
    const all = allCharts(load({ 'Chart.yaml': chartYaml('a'), 'charts/a.tgz': archive }));
    expect(all).toHaveLength(9);
    expect(all.flatMap(({ problems }) => problems.map(({ message }) => message))).toEqual([
      'the archive lies in 8 others',
    ]);
  });
});

function packed(files: readonly (readonly [string, string])[]): Buffer {
  return gzipSync(Buffer.concat([...files.map(([path, text]) => blockOf(path, '0', Buffer.from(text, 'latin1')))]));
}
