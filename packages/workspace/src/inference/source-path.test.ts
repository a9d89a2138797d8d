import { parseSource } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { sourcePath } from './source-path.ts';

describe('sourcePath', () => {
  it.each([
    'oci:vendor/a',
    'oci:vendor/a:1.0',
    'oci:vendor/a@b:1.0',
    `oci:vendor/a@b@sha256:${'0'.repeat(64)}`,
    'oci-archive:vendor/a@b.tar:1.0',
    'docker-archive:vendor/a@b.tar:@0',
    'docker-archive:vendor/a.tar:nginx:1',
    'dir:vendor/a:b@c',
    'project:a',
    'docker-daemon:nginx:1',
    'docker://nginx',
  ])('ends the path of %s where the parser does', (text) => {
    const source = parseSource(text);
    expect(sourcePath(text)).toBe('path' in source ? source.path : undefined);
  });
  it.each(['', 'scratch', 'oci:', 'dir:', 'oci-archive::x', 'vendor/a.tar'])('finds none in %j', (text) => {
    expect(sourcePath(text)).toBeUndefined();
  });
});
