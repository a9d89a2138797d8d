import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, openSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { openIso } from './open.ts';
import { makeIso, temporaryFolder, writeTree } from './test/foreign-iso.ts';

const GiB = 1024 ** 3;
const size = 5 * GiB + 12_345;
/** At both ends, around the 4 GiB that one extent holds at most, and in the middle of the second. */
const marks = [0, 4 * GiB - 4096, 4 * GiB - 2058, 4 * GiB - 10, 4 * GiB + 10, 4 * GiB + 2000, 4.5 * GiB, size - 20];
const textAt = (at: number) => `byte ${at}`.padEnd(20, '.');

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('a file of 5 GiB in an image of xorriso', () => {
  const iso = join(folder.path, 'large.iso');
  beforeAll(() => {
    const source = join(folder.path, 'source');
    writeTree(source, { 'folder/large': '', 'folder/next': 'after it' });
    const file = openSync(join(source, 'folder/large'), 'r+');
    for (const at of marks) writeSync(file, textAt(at), at);
    closeSync(file);
    truncateSync(join(source, 'folder/large'), size);
    makeIso('xorriso', source, iso, ['-R', '-J', '-iso-level', '3']);
  }, 1_200_000);

  it.each(['rock-ridge', 'joliet', 'primary'] as const)('has its size and bytes, by its %s name', async (view) => {
    const image = await openIso(iso);
    const entry = await image.stat(view === 'primary' ? 'FOLDER/LARGE' : 'folder/large', view);
    if (entry === undefined) throw new Error('the file is not there');
    expect(entry.size).toBe(size);
    expect(entry.extents.length).toBeGreaterThan(1);
    for (const at of marks) {
      const bytes = await Array.fromAsync(image.read(entry, { offset: at, length: 20 }));
      expect(Buffer.concat(bytes).toString()).toBe(textAt(at));
    }
    expect(await image.stat(view === 'primary' ? 'FOLDER/NEXT' : 'folder/next', view)).toMatchObject({ size: 8 });
    await image.close();
  });

  it('is read whole as bsdtar reads it', async () => {
    const image = await openIso(iso);
    const entry = await image.stat('folder/large');
    if (entry === undefined) throw new Error('the file is not there');
    const ours = await digestOf(image.read(entry));
    await image.close();
    const bsdtar = spawn(referee('bsdtar'), ['-xOf', iso, 'folder/large'], { stdio: ['ignore', 'pipe', 'inherit'] });
    expect(ours).toBe(await digestOf(bsdtar.stdout));
  }, 1_200_000);
});

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const bytes of content) {
    hash.update(bytes);
    count += bytes.length;
  }
  return `${count} ${hash.digest('hex')}`;
}
