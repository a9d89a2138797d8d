import { describe, expect, it } from 'vitest';
import { artifactFacts } from './artifact-facts.ts';

describe('artifactFacts', () => {
  it('finds the files, and who makes them', () => {
    const value = {
      name: 'a',
      version: 'package.json',
      files: [{ from: './x.txt' }, { from: 'dist/*.iso', project: 'solution', target: 'pack' }],
      disks: [{ from: '{workspaceRoot}/dist/disk.raw', target: 'build-disk' }],
      kernel: { from: 'vmlinuz' },
      ramdisk: { from: 'out/initramfs', project: 'ipa', target: 'build' },
    };
    expect(artifactFacts(value)).toEqual({
      name: 'a',
      own: ['x.txt', 'vmlinuz'],
      made: [
        { project: 'solution', target: 'pack', from: 'dist/*.iso' },
        { target: 'build-disk', from: 'dist/disk.raw' },
        { project: 'ipa', target: 'build', from: 'out/initramfs' },
      ],
      packageVersion: true,
    });
  });
  it.each([
    undefined,
    null,
    3,
    'x',
    [],
    { files: 3, disks: {}, kernel: [], ramdisk: 'x' },
    { files: [null, 3, { from: 3 }, { from: '../x' }, { from: '/y', target: 'build' }] },
    { name: [] },
  ])('takes %j without complaint', (value) => {
    expect(artifactFacts(value)).toEqual({ own: [], made: [], packageVersion: false });
  });
});
