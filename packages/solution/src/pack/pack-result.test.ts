import { createHash } from 'node:crypto';
import { mkdtemp, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { packedAlready, recordPack } from './pack-result.ts';

const bytes = Buffer.from('an image of a disc');
const wanted = { plan: `sha256:${'a'.repeat(64)}`, mediaCheck: false, size: bytes.length };
let folder: string;
let iso: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ingot-pack-'));
  iso = join(folder, 'x-1.0.0.iso');
  await writeFile(iso, bytes);
  await recordPack(iso, { ...wanted, sha256: createHash('sha256').update(bytes).digest('hex') });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('recordPack', () => {
  it('writes check sums that sha256sum accepts', () => {
    expect(execFileSync('sha256sum', ['-c', 'x-1.0.0.iso.sha256'], { cwd: folder, encoding: 'utf8' })).toContain('OK');
  });
});

describe('packedAlready', () => {
  it('knows the ISO of the same plan, also after its times changed as a cache does it', async () => {
    expect(await packedAlready(iso, wanted)).toBeDefined();
    await utimes(iso, new Date(), new Date(Date.now() + 60_000));
    expect(await packedAlready(iso, wanted)).toBeDefined();
  });

  it('does not take the ISO of another plan, or one without the media check sums that are wanted', async () => {
    expect(await packedAlready(iso, { ...wanted, plan: `sha256:${'b'.repeat(64)}` })).toBeUndefined();
    expect(await packedAlready(iso, { ...wanted, mediaCheck: true })).toBeUndefined();
  });

  it('does not take an ISO that was damaged without a change of size', async () => {
    await writeFile(iso, Buffer.from('an image of a dish'));
    expect(await packedAlready(iso, wanted)).toBeUndefined();
  });

  it('does not take an ISO that is cut short or gone, or whose check sum file is', async () => {
    await rm(`${iso}.sha256`);
    expect(await packedAlready(iso, wanted)).toBeUndefined();
    await truncate(iso, 3);
    expect(await packedAlready(iso, wanted)).toBeUndefined();
    await rm(iso);
    expect(await packedAlready(iso, wanted)).toBeUndefined();
  });

  it('does not choke on a pack.json that is something else', async () => {
    for (const text of ['', 'null', '[]', '{"ingot":"other"}']) {
      await writeFile(join(folder, 'pack.json'), text);
      expect(await packedAlready(iso, wanted)).toBeUndefined();
    }
  });
});
