import { describe, expect, it } from 'vitest';

import { isoTree } from './iso-tree.ts';

describe('isoTree', () => {
  it('lets everybody read every file, run what its owner may run, and keeps equal digests together', () => {
    const content = { bytes: new Uint8Array(1) };
    const tree = isoTree(
      {
        files: [
          { path: 'a', digest: 'sha256:x', size: 1 },
          { path: 'b', digest: 'sha256:x', size: 1, executable: true },
        ],
        links: [{ path: 'l', target: 'a' }],
      },
      () => content,
    );
    expect(tree).toEqual([
      { type: 'file', path: 'a', size: 1, mode: 0o444, key: 'sha256:x', digest: 'sha256:x', content },
      { type: 'file', path: 'b', size: 1, mode: 0o555, key: 'sha256:x', digest: 'sha256:x', content },
      { type: 'symlink', path: 'l', target: 'a' },
    ]);
  });
});
