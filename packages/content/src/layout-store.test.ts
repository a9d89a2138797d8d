import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.ts';
import { LayoutStore, refName } from './layout-store.ts';
import { oci } from './media-type.ts';
import { readBlob } from './read.ts';
import { testFolder } from './test/folder.ts';
import { makeImage, makeIndex, skopeo } from './test/image.ts';
import { referee } from '../../../tools/referee.ts';

const at = testFolder();

describe('LayoutStore', () => {
  it('is a layout that skopeo and umoci read', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root, layers } = await makeImage(layout);
    const named = { ...root, annotations: { [refName]: 'v1' } };
    await layout.setRoots([named]);
    expect(await layout.roots()).toEqual([named]);
    const facts = JSON.parse(skopeo('inspect', `oci:${at('layout')}:v1`)) as { Digest: string; Layers: string[] };
    expect(facts).toMatchObject({ Digest: root.digest, Layers: layers.map((layer) => layer.digest) });
    execFileSync(referee('umoci'), ['unpack', '--rootless', '--image', `${at('layout')}:v1`, at('bundle')], {
      stdio: 'pipe',
    });
    expect(readFileSync(at('bundle/rootfs/layer-0'), 'utf8')).toMatch(/^layer 0/);
    expect(readdirSync(at('layout')).sort()).toEqual(['blobs', 'index.json', 'oci-layout']);
    for (const name of ['index.json', 'oci-layout']) expect(statSync(at('layout', name)).mode & 0o777).toBe(0o644);
  });

  it('keeps several roots, indexes too, in their order', async () => {
    const layout = new LayoutStore(at('layout'));
    const platform = { os: 'linux', architecture: 'arm64' };
    const index = { ...(await makeIndex(layout, [platform])), annotations: { [refName]: 'all' } };
    const image = { ...(await makeImage(layout)).root, annotations: { [refName]: 'a' } };
    await layout.setRoots([index, image]);
    expect(await new LayoutStore(at('layout')).roots()).toEqual([index, image]);
    const facts = JSON.parse(skopeo('inspect', '--override-arch=arm64', `oci:${at('layout')}:all`)) as object;
    expect(facts).toMatchObject({ Architecture: 'arm64' });
    await layout.setRoots([]);
    expect(await layout.roots()).toEqual([]);
  });

  it('writes the same index.json each time', async () => {
    const roots = [{ mediaType: oci.manifest, digest: digestOf(Buffer.from('')), size: 0 }];
    const annotations = [
      { a: '1', b: '2' },
      { b: '2', a: '1' },
    ];
    const written = [];
    for (const [number, one] of annotations.entries()) {
      await new LayoutStore(at(`${number}`)).setRoots(roots.map((root) => ({ ...root, annotations: one })));
      written.push(readFileSync(at(`${number}`, 'index.json'), 'utf8'));
    }
    expect(written[0]).toBe(written[1]);
  });

  it('may lack blobs', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root, layers } = await makeImage(layout);
    await layout.setRoots([root]);
    const base = layers[0] ?? root;
    rmSync(layout.pathOf(base));
    expect(await layout.roots()).toEqual([root]);
    expect(await layout.exists(base)).toBe(false);
    expect(await layout.locate(base)).toBeUndefined();
  });

  it('says where there is none, or a broken one', async () => {
    const roots = (): Promise<unknown> => new LayoutStore(at('layout')).roots();
    const wrong = { code: 'INGOT_LAYOUT' };
    await expect(roots()).rejects.toMatchObject({ ...wrong, path: at('layout/oci-layout') });
    mkdirSync(at('layout'));
    for (const version of ['', '{}', 'null', '{"imageLayoutVersion":"2.0.0"}', '{"imageLayoutVersion":1}']) {
      writeFileSync(at('layout/oci-layout'), version);
      await expect(roots(), version).rejects.toMatchObject({ ...wrong, path: at('layout/oci-layout') });
    }
    writeFileSync(at('layout/oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await expect(roots()).rejects.toMatchObject({ ...wrong, path: at('layout/index.json') });
    for (const index of ['', '[]', '{"schemaVersion":2}', '{"schemaVersion":2,"manifests":[{"digest":"x"}]}']) {
      writeFileSync(at('layout/index.json'), index);
      await expect(roots(), index).rejects.toMatchObject({ ...wrong, path: at('layout/index.json') });
    }
    writeFileSync(at('layout/index.json'), Buffer.alloc(5 * 1024 * 1024));
    await expect(roots()).rejects.toMatchObject({ code: 'INGOT_BLOB_LIMIT' });
  });

  it('does not wait for a pipe that has the name of its index', async () => {
    const layout = new LayoutStore(at('layout'));
    await layout.setRoots([]);
    rmSync(at('layout/index.json'));
    execFileSync('mkfifo', [at('layout/index.json')]);
    await expect(layout.roots()).rejects.toMatchObject({ code: 'INGOT_FILE', path: at('layout/index.json') });
  });

  it('never removes a blob: it may be the only one that somebody has', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root } = await makeImage(layout);
    writeFileSync(layout.pathOf(root), 'x', { flag: 'r+' });
    await expect(readBlob(layout, root)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(await layout.verify(root)).toBe(false);
    truncateSync(layout.pathOf(root), 3);
    await expect(readBlob(layout, root)).rejects.toMatchObject({ code: 'INGOT_BLOB_WRONG' });
    expect(statSync(layout.pathOf(root)).size).toBe(3);
  });

  it('does not wait for a pipe that has the name of a blob', async () => {
    const layout = new LayoutStore(at('layout'));
    const { root } = await makeImage(layout);
    rmSync(layout.pathOf(root));
    execFileSync('mkfifo', [layout.pathOf(root)]);
    expect(await layout.exists(root)).toBe(false);
    const reading = layout.fetch(root)[Symbol.asyncIterator]().next();
    await expect(reading).rejects.toMatchObject({ code: 'INGOT_BLOB_MISSING' });
  });
});
