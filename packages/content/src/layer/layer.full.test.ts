import { spawn } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { referee } from '../../../../tools/referee.ts';
import { createLayer } from './layer.ts';
import type { Ingester } from '../store.ts';

/** A store that hands the blob to bsdtar, which lists it. */
class Listing implements Ingester {
  listed = '';

  async ingest(mediaType: string, content: AsyncIterable<Uint8Array>): ReturnType<Ingester['ingest']> {
    const program = spawn(referee('bsdtar'), ['-tzvf', '-'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [listed] = await Promise.all([text(program.stdout), pipeline(Readable.from(content), program.stdin)]);
    this.listed = listed;
    return { mediaType, digest: `sha256:${'0'.repeat(64)}`, size: 0 };
  }
}

it('takes a file of more than 8 GiB, which ustar cannot say, with little memory', { timeout: 1_200_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ingot-large-'));
  try {
    const path = join(folder, 'large');
    const size = 8 * 1024 ** 3 + 1;
    await writeFile(path, '');
    await truncate(path, size);
    const store = new Listing();
    const entry = { type: 'file', path: 'large', mode: 0o644, uid: 0, gid: 0, size } as const;
    const after = { type: 'directory', path: 'then', mode: 0o755, uid: 0, gid: 0 } as const;
    const entries = [{ ...entry, content: { path, offset: 0, size } }, after];
    const { uncompressedSize } = await createLayer(entries, { mtime: 0, level: 1 }, store);
    const [first, second] = store.listed.split('\n');
    expect(first).toMatch(new RegExp(` ${size} .* large$`));
    expect(second).toMatch(/ then\/$/);
    expect(uncompressedSize).toBeGreaterThan(size);
    expect(process.resourceUsage().maxRSS / 1024).toBeLessThan(500);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
