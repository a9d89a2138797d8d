import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { largestChart, largestChartFile, readChartArchive } from './archive.ts';
import { archiveOf, tarOf } from './test/archive-of.ts';

describe('readChartArchive', () => {
  it('gives the files by their paths in the chart', () => {
    const { files, problems } = readChartArchive(archiveOf({ 'redis/Chart.yaml': 'name: redis\n' }), largestChart);
    expect(problems).toEqual([]);
    expect(files.map(({ name, member, content }) => [name, member, Buffer.from(content).toString()])).toEqual([
      ['Chart.yaml', 'redis/Chart.yaml', 'name: redis\n'],
    ]);
  });

  it('names each member that Helm refuses', () => {
    const archive = archiveOf({ 'redis/Chart.yaml': '', '/etc/passwd': 'x', 'redis/../../b': 'x' });
    expect(readChartArchive(archive, largestChart).problems.map(({ member }) => member)).toEqual([
      '/etc/passwd',
      'redis/../../b',
    ]);
  });

  it('unpacks no bomb', () => {
    const bomb = gzipSync(Buffer.alloc(1024 * 1024));
    expect(readChartArchive(bomb, 1024).problems).toEqual([
      { message: `the charts unpack to more than ${largestChart} bytes` },
    ]);
  });

  it('refuses a file that is larger than Helm takes', () => {
    const archive = archiveOf({ 'a/big': 'x'.repeat(largestChartFile + 1) });
    expect(readChartArchive(archive, largestChart).problems).toEqual([
      { message: `the file has ${largestChartFile + 1} bytes`, member: 'a/big' },
    ]);
  });

  it.each<[string, Uint8Array]>([
    ['the file is not gzip', Buffer.from('PK')],
    ['the archive is empty', gzipSync(tarOf([['a/', { type: '5' }]]))],
    ['the tar in it has no header where one should be (byte 0)', gzipSync(Buffer.alloc(512, 1))],
  ])('%s', (message, packed) => {
    expect(readChartArchive(packed, largestChart).problems).toEqual([{ message }]);
  });
});
