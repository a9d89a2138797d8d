import { describe, expect, it } from 'vitest';
import type { LayerEntry } from '@ingot/content';
import { asMetalHammerUnpacks } from './unpacked.ts';

describe('what metal-hammer makes of an archive', () => {
  it('loses owners and the modes of folders, keeps those of files, and has empty files for devices and pipes', () => {
    const own = { uid: 1000, gid: 42 };
    const entries: LayerEntry[] = [
      { type: 'directory', path: 'root', mode: 0o700, ...own },
      { type: 'file', path: 'root/su', mode: 0o4755, size: 1, content: Buffer.from('x'), ...own },
      { type: 'symlink', path: 'link', mode: 0o777, target: 'root', ...own },
      { type: 'character', path: 'null', mode: 0o666, major: 1, minor: 3, ...own },
      { type: 'fifo', path: 'pipe', mode: 0o600, ...own },
    ];
    const root = { uid: 0, gid: 0 };
    expect(asMetalHammerUnpacks(entries)).toEqual([
      { type: 'directory', path: 'root', mode: 0o755, ...root },
      { type: 'file', path: 'root/su', mode: 0o4755, size: 1, content: Buffer.from('x'), ...root },
      { type: 'symlink', path: 'link', mode: 0o777, target: 'root', ...root },
      { type: 'file', path: 'null', mode: 0o666, size: 0, content: new Uint8Array(), ...root },
      { type: 'file', path: 'pipe', mode: 0o600, size: 0, content: new Uint8Array(), ...root },
    ]);
  });
});
