import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '@ingot/content';
import { writeStream } from './write-tar.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-write-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function* parts(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

describe('a file that is written as it goes by', () => {
  it('is told by its digest and size', async () => {
    const file = join(folder, 'file');
    const seen: number[] = [];
    const written = await writeStream(file, parts('one', 'two!'), { onBytes: (bytes) => seen.push(bytes) });
    expect(await readFile(file, 'utf8')).toBe('onetwo!');
    expect(written).toEqual({ digest: digestOf(Buffer.from('onetwo!')), size: 7 });
    expect(seen).toEqual([3, 4]);
  });

  it.each([
    ['in one part', ['a secret here']],
    ['across parts', ['a sec', 'r', 'et here']],
    ['at the end', ['a secre', 't']],
  ])('is refused with a secret %s, and is not there', async (_, texts) => {
    const writing = writeStream(join(folder, 'file'), parts(...texts), { secrets: ['other', 'secret'] });
    await expect(writing).rejects.toMatchObject({ code: 'INGOT_ROOTFS_SECRET' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not there where the work was stopped', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    await expect(writeStream(join(folder, 'file'), parts('one'), { signal })).rejects.toThrow('stopped');
    expect(await readdir(folder)).toEqual([]);
  });
});
