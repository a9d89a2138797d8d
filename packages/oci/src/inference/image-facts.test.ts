import { describe, expect, it } from 'vitest';
import { imageFacts } from './image-facts.ts';

describe('imageFacts', () => {
  it('finds the base, what layers copy and who makes it', () => {
    const value = {
      name: 'a',
      version: 'package.json',
      from: 'project:@scope/base',
      layers: [
        { files: [{ from: './www/' }, { from: 'dist/{os}-{arch}/server', target: 'build' }] },
        {
          files: [
            { from: '{workspaceRoot}/dist/tool', project: 'tool', target: 'make' },
            { from: '../x' },
            { from: '/y' },
          ],
        },
      ],
    };
    expect(imageFacts(value)).toEqual({
      name: 'a',
      base: '@scope/base',
      basePaths: [],
      volatile: false,
      own: ['www'],
      made: [
        { target: 'build', from: 'dist/*-*/server' },
        { project: 'tool', target: 'make', from: 'dist/tool' },
      ],
      packageVersion: true,
    });
  });
  it.each([
    ['oci-archive:vendor/a.tar:1.0', ['vendor/a.tar'], false],
    ['oci:vendor/a@sha256:00', ['vendor/a'], false],
    ['oci-archive:vendor/a@b.tar:1.0', ['vendor/a@b.tar'], false],
    ['dir:vendor/a:b/', ['vendor/a:b'], false],
    ['docker-archive:../a.tar', [], false],
    ['docker-daemon:nginx:1', [], true],
    ['scratch', [], false],
  ])('knows where %s lies', (from, basePaths, volatile) => {
    expect(imageFacts({ from })).toMatchObject({ basePaths, volatile });
  });
  it.each([
    undefined,
    null,
    3,
    'x',
    [],
    { layers: 3 },
    { layers: [null, { files: {} }, { files: [null, { from: 3 }] }] },
    { name: [] },
  ])('takes %j without complaint', (value) => {
    expect(imageFacts(value)).toEqual({ basePaths: [], volatile: false, own: [], made: [], packageVersion: false });
  });
});
