import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobStore } from './blob-store.ts';
import { exportDockerArchive } from './export/docker-archive.ts';
import { exportLayout } from './export/layout.ts';
import { exportOciArchive } from './export/oci-archive.ts';
import { digestOf } from './digest.ts';
import { MemoryStore } from './memory-store.ts';
import { testFolder } from './test/folder.ts';
import { contentOf, keep, makeImage } from './test/image.ts';
import { encodeJson } from './manifest.ts';
import { oci } from './media-type.ts';

const at = testFolder();
const large = Buffer.alloc(3_000_000, 'full');
const descriptor = { mediaType: 'text/plain', digest: digestOf(large), size: large.length };

/** A disk of 1 MiB. Needs root, as `npm test` does. */
beforeEach(() => {
  mkdirSync(at('disk'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,mode=0755', 'tmpfs', at('disk')], { stdio: 'pipe' });
});
afterEach(() => execFileSync('umount', [at('disk')]));

describe('a full disk', () => {
  it('is named by the store, which keeps nothing half-written and works on', async () => {
    const store = new BlobStore(at('disk'));
    const full = { code: 'INGOT_DISK_FULL', path: at('disk') };
    await expect(store.push(descriptor, contentOf(large))).rejects.toMatchObject(full);
    await expect(store.ingest('text/plain', contentOf(large))).rejects.toMatchObject(full);
    expect(readdirSync(at('disk'))).toEqual([]);
    const small = await keep(store, 'text/plain', Buffer.from('small'));
    expect(await store.verify(small)).toBe(true);
  });

  it('leaves an older export as it was', async () => {
    const store = new MemoryStore();
    const { config } = await makeImage(store);
    const layers = [{ ...(await keep(store, oci.layer, large)) }];
    const diffIds = { os: 'linux', architecture: 'amd64', rootfs: { type: 'layers', diff_ids: [descriptor.digest] } };
    const own = await keep(store, config.mediaType, encodeJson(diffIds));
    const manifest = { schemaVersion: 2, mediaType: oci.manifest, config: own, layers };
    const root = await keep(store, oci.manifest, encodeJson(manifest));
    for (const write of [exportOciArchive, exportDockerArchive]) {
      writeFileSync(at('disk/image.tar'), 'old');
      await expect(write(root, store, at('disk/image.tar'))).rejects.toMatchObject({ code: 'INGOT_DISK_FULL' });
      expect(readFileSync(at('disk/image.tar'), 'utf8')).toBe('old');
      expect(readdirSync(at('disk'))).toEqual(['image.tar']);
    }
    const { root: small } = await makeImage(store, { salt: 'small' });
    await exportLayout(small, store, at('disk/layout'), { reference: 'old' });
    await expect(exportLayout(root, store, at('disk/layout'))).rejects.toMatchObject({ code: 'INGOT_DISK_FULL' });
    expect(readFileSync(at('disk/layout/index.json'), 'utf8')).toContain('"old"');
    expect(readdirSync(at('disk')).sort()).toEqual(['image.tar', 'layout']);
  });
});
