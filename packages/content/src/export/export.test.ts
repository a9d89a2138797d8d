import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../digest.ts';
import { LayoutStore } from '../layout-store.ts';
import { oci } from '../media-type.ts';
import { testFolder } from '../test/folder.ts';
import { keep, makeImage, makeIndex, makeTar, skopeo, squeeze } from '../test/image.ts';
import { referee } from '../../../../tools/referee.ts';
import { exportDockerArchive } from './docker-archive.ts';
import { exportLayout } from './layout.ts';
import { exportOciArchive } from './oci-archive.ts';
import type { MadeImage } from '../test/image.ts';

const at = testFolder();
let source: LayoutStore;
let image: MadeImage;
beforeEach(async () => {
  source = new LayoutStore(at('source'));
  image = await makeImage(source, { layers: ['gzip', 'none', 'zstd'] });
});

interface Facts {
  Digest: string;
  Layers: string[];
  Architecture: string;
  RepoTags: string[];
}

function inspect(...args: string[]): Facts {
  return JSON.parse(skopeo('inspect', ...args)) as Facts;
}

/** What skopeo copies out of `from`: the names of its files. */
function copied(from: string): string[] {
  rmSync(at('out'), { recursive: true, force: true });
  skopeo('copy', '-q', from, `dir:${at('out')}`);
  return readdirSync(at('out')).filter((name) => /^[0-9a-f]{64}$/.test(name));
}

describe('exportLayout', () => {
  it('is read by skopeo and umoci', async () => {
    await exportLayout(image.root, source, at('layout'), { reference: '1.0' });
    expect(inspect(`oci:${at('layout')}:1.0`).Digest).toBe(image.root.digest);
    expect(copied(`oci:${at('layout')}:1.0`)).toHaveLength(4);
    const { root } = await makeImage(source);
    await exportLayout(root, source, at('plain'), { reference: '1.0' });
    execFileSync(referee('umoci'), ['unpack', '--rootless', '--image', `${at('plain')}:1.0`, at('bundle')], {
      stdio: 'pipe',
    });
    expect(readdirSync(at('bundle/rootfs'))).toEqual(['layer-0']);
  });

  it('takes the place of an older layout, whole', async () => {
    await exportLayout(image.root, source, at('layout'));
    const { root } = await makeImage(source, { salt: 'new' });
    await exportLayout(root, source, at('layout'));
    expect(readdirSync(at('layout/blobs/sha256'))).toHaveLength(3);
    expect(readdirSync(at()).sort()).toEqual(['layout', 'source']);
    expect(statSync(at('layout')).mode & 0o777).toBe(0o755);
  });

  it('never takes the place of anything else', async () => {
    mkdirSync(at('mine'));
    writeFileSync(at('mine/thesis.txt'), 'years of work');
    writeFileSync(at('file'), 'more work');
    for (const target of [at('mine'), at('file')]) {
      const exporting = exportLayout(image.root, source, target);
      await expect(exporting).rejects.toMatchObject({ code: 'INGOT_EXPORT_TARGET', path: target });
    }
    expect(readFileSync(at('mine/thesis.txt'), 'utf8')).toBe('years of work');
  });

  it('leaves the older one where a blob is missing', async () => {
    await exportLayout(image.root, source, at('layout'), { reference: 'old' });
    const { root, config } = await makeImage(source, { salt: 'new' });
    rmSync(source.pathOf(config));
    const exporting = exportLayout(root, source, at('layout'));
    await expect(exporting).rejects.toMatchObject({ code: 'INGOT_BLOB_MISSING', digest: config.digest });
    expect(inspect(`oci:${at('layout')}:old`).Digest).toBe(image.root.digest);
    expect(readdirSync(at()).sort()).toEqual(['layout', 'source']);
  });

  it('holds every platform', async () => {
    const root = await makeIndex(
      source,
      ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture })),
    );
    await exportLayout(root, source, at('layout'), { reference: 'all' });
    for (const arch of ['amd64', 'arm64']) {
      expect(inspect(`--override-arch=${arch}`, `oci:${at('layout')}:all`).Architecture).toBe(arch);
    }
  });
});

describe('exportOciArchive', () => {
  it('is read by skopeo', async () => {
    await exportOciArchive(image.root, source, at('image.tar'), { reference: 'team/tool:1.0' });
    expect(inspect(`oci-archive:${at('image.tar')}:team/tool:1.0`).Digest).toBe(image.root.digest);
    expect(copied(`oci-archive:${at('image.tar')}`)).toHaveLength(4);
    expect(statSync(at('image.tar')).mode & 0o777).toBe(0o644);
  });

  it('is the same each time, and a tar that GNU tar and bsdtar read alike', async () => {
    await exportOciArchive(image.root, source, at('a.tar'));
    await exportOciArchive(image.root, source, at('b.tar'));
    expect(digestOf(readFileSync(at('a.tar')))).toBe(digestOf(readFileSync(at('b.tar'))));
    const [gnu, bsd] = (['tar', 'bsdtar'] as const).map((tar) =>
      execFileSync(referee(tar), ['-tf', at('a.tar')]).toString(),
    );
    expect(gnu).toBe(bsd);
    const names = gnu?.trim().split('\n') ?? [];
    expect(names).toHaveLength(9);
    expect(names).toEqual(names.toSorted());
    expect(execFileSync(referee('tar'), ['--numeric-owner', '-tvf', at('a.tar')]).toString()).not.toMatch(
      /^(?!.* 0\/0 .* 1970-01-01 00:00)./m,
    );
  });
});

describe('exportDockerArchive', () => {
  it('is read by skopeo: the same config, the same tars', async () => {
    await exportDockerArchive(image.root, source, at('image.tar'), { reference: 'team/tool:1.0' });
    const facts = inspect(`docker-archive:${at('image.tar')}`);
    expect(facts.Layers).toEqual(image.diffIds);
    const [config, ...tars] = [image.config.digest, ...image.diffIds].map((digest) => digest.slice(7));
    expect(copied(`docker-archive:${at('image.tar')}:team/tool:1.0`).sort()).toEqual([config, ...tars].sort());
    skopeo('copy', '-q', `docker-archive:${at('image.tar')}`, `oci:${at('again')}:1.0`);
    execFileSync(referee('umoci'), ['unpack', '--rootless', '--image', `${at('again')}:1.0`, at('bundle')], {
      stdio: 'pipe',
    });
    expect(readdirSync(at('bundle/rootfs')).sort()).toEqual(['layer-0', 'layer-1', 'layer-2']);
  });

  it('is the same each time, and however the layers were compressed', async () => {
    const plain = await makeImage(source, { layers: ['none', 'none', 'none'] });
    for (const [name, { root }] of [
      ['a', image],
      ['b', image],
      ['c', plain],
    ] as const) {
      await exportDockerArchive(root, source, at(name), { reference: 'tool:1' });
    }
    const [a, b, c] = ['a', 'b', 'c'].map((name) => digestOf(readFileSync(at(name))));
    expect(b).toBe(a);
    expect(c).toBe(a);
  });

  it('holds one platform of an index, and asks which', async () => {
    const [amd64, arm64] = ['amd64', 'arm64'].map((architecture) => ({ os: 'linux', architecture })) as [never, never];
    const root = await makeIndex(source, [amd64, arm64]);
    await expect(exportDockerArchive(root, source, at('x.tar'))).rejects.toMatchObject({
      code: 'INGOT_PLATFORM',
      help: 'Choose one of linux/amd64, linux/arm64',
    });
    await exportDockerArchive(root, source, at('x.tar'), { platform: arm64 });
    expect(inspect('--override-arch=arm64', `docker-archive:${at('x.tar')}`).Architecture).toBe('arm64');
    await exportDockerArchive(await makeIndex(source, [amd64]), source, at('y.tar'));
    expect(inspect(`docker-archive:${at('y.tar')}`).Architecture).toBe('amd64');
  });

  it('writes a layer that is there twice once', async () => {
    const tar = makeTar({ a: 'a'.repeat(100_000) });
    const layer = await keep(source, oci.layer, tar);
    const zipped = await keep(source, oci.layerGzip, squeeze(tar, 'gzip'));
    const diffIds = [layer.digest, layer.digest];
    const made = await makeImage(source, { layers: ['none', 'none'], diffIds });
    const manifest = JSON.stringify({
      schemaVersion: 2,
      mediaType: oci.manifest,
      config: made.config,
      layers: [layer, zipped],
    });
    const root = await keep(source, oci.manifest, Buffer.from(manifest));
    await exportDockerArchive(root, source, at('twice.tar'));
    expect(
      execFileSync(referee('tar'), ['-tf', at('twice.tar')])
        .toString()
        .trim()
        .split('\n'),
    ).toHaveLength(3);
    expect(inspect(`docker-archive:${at('twice.tar')}`).Layers).toEqual(diffIds);
    expect(copied(`docker-archive:${at('twice.tar')}`)).toHaveLength(2);
  });

  it('leaves the older file where something is wrong', async () => {
    writeFileSync(at('image.tar'), 'old');
    const wrong = await makeImage(source, { layers: ['gzip'], diffIds: [digestOf(Buffer.from('else'))] });
    const foreign = await makeImage(source, { layerType: 'application/x-foreign' });
    const cases = [
      [wrong.root, 'INGOT_DIFF_ID'],
      [foreign.root, 'INGOT_CONVERT_MEDIA_TYPE'],
    ] as const;
    for (const [root, code] of cases) {
      await expect(exportDockerArchive(root, source, at('image.tar'))).rejects.toMatchObject({ code });
    }
    expect(readFileSync(at('image.tar'), 'utf8')).toBe('old');
    expect(readdirSync(at()).sort()).toEqual(['image.tar', 'source']);
  });
});

describe('references', () => {
  it.each(['', '-x', 'a b', 'a:', '/a', 'a//b', 'ä'])('%j cannot name an image of a layout', async (reference) => {
    const exporting = exportOciArchive(image.root, source, at('x'), { reference });
    await expect(exporting).rejects.toMatchObject({ code: 'INGOT_REFERENCE' });
  });

  it.each(['', 'tool', 'Tool:1', 'a b:1', 'tool:', 'tool:-1', ':1', 'x.io:5000/tool'])(
    '%j cannot name a docker-archive',
    async (reference) => {
      const exporting = exportDockerArchive(image.root, source, at('x'), { reference });
      await expect(exporting).rejects.toMatchObject({ code: 'INGOT_REFERENCE' });
    },
  );

  it.each(['tool:1', 'x.io:5000/team/tool:1.0-rc.1', 'localhost/a-b:latest'])('%s can', async (reference) => {
    await exportDockerArchive(image.root, source, at('x'), { reference });
    expect(inspect(`docker-archive:${at('x')}:${reference}`).Layers).toHaveLength(3);
    await exportOciArchive(image.root, source, at('y'), { reference });
    expect(inspect(`oci-archive:${at('y')}:${reference}`).Layers).toHaveLength(3);
  });
});
