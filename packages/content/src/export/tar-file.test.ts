import { Header, Pax } from 'tar';
import { describe, expect, it } from 'vitest';
import { TarFile } from './tar-file.ts';
import type { FileHandle } from 'node:fs/promises';

const piece = new Uint8Array(64 * 1024 * 1024);

/** A file that keeps what is small and forgets the content, so that 9 GiB cost nothing. */
function forgetful(): { file: FileHandle; at: Map<number, Buffer> } {
  const at = new Map<number, Buffer>();
  const write = async (bytes: Uint8Array, offset: number, length: number, position: number): Promise<object> => {
    if (length < piece.length) at.set(position, Buffer.from(bytes.subarray(offset, offset + length)));
    return { bytesWritten: length };
  };
  return { file: { write } as unknown as FileHandle, at };
}

describe('TarFile', () => {
  it('says sizes of 8 GiB and more in a pax header, before the content', async () => {
    const { file, at } = forgetful();
    const tar = new TarFile(file);
    const pieces = 9 * 16;
    let asked = 0;
    await tar.content('large', function* () {
      asked += 1;
      for (let count = 0; count < pieces; count += 1) yield piece;
    });
    await tar.bytes('next', Buffer.from('x'));
    expect(asked).toBe(2);
    const head = at.get(0) ?? Buffer.alloc(0);
    expect(head).toHaveLength(1536);
    expect(new Header(head, 0).type).toBe('ExtendedHeader');
    expect(Pax.parse(head.subarray(512, 1024).toString().replace(/\0.*$/s, '')).size).toBe(9 * 1024 ** 3);
    expect(new Header(head, 1024)).toMatchObject({ path: 'large', cksumValid: true });
    const next = at.get(1536 + 9 * 1024 ** 3) ?? Buffer.alloc(0);
    expect(new Header(next, 0)).toMatchObject({ path: 'next', size: 1, cksumValid: true });
  });
});
