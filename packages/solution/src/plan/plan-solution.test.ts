import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Platform } from '@ingot/content';
import { MemoryStore, parseManifest } from '@ingot/content';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { ImageToPlan } from './images.ts';
import type { Plan } from './plan.ts';
import { encodePlan } from './plan.ts';
import { planSolution } from './plan-solution.ts';
import type { SolutionToPlan } from './plan-solution.ts';
import { sampleImage } from './test/sample-image.ts';

const amd64: Platform = { os: 'linux', architecture: 'amd64' };
let source: MemoryStore;
let folder: string;
beforeEach(async () => {
  source = new MemoryStore();
  folder = await mkdtemp(join(tmpdir(), 'ingot-plan-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function image(line: number, changes: Partial<ImageToPlan> = {}): Promise<ImageToPlan> {
  return {
    name: 'tool',
    tag: '1.10',
    aliases: [],
    source: 'project:tool',
    root: await sampleImage(source),
    fetcher: Object.assign(source, { locate: () => Promise.resolve(undefined) }),
    place: { file: 'solution.yaml', line, column: 5 },
    ...changes,
  };
}

function plan(images: readonly ImageToPlan[], changes: Partial<SolutionToPlan> = {}): Promise<Plan> {
  return planSolution(
    {
      name: 'x',
      version: '1.0.0',
      images,
      platform: amd64,
      labels: {},
      annotations: {},
      customApiGroups: [],
      volumeId: 'x 1.0.0',
      time: 0,
      place: { file: 'solution.yaml', line: 9, column: 1 },
      tree: [],
      inWorkspace: (file) => file.slice(folder.length + 1),
      ...changes,
    },
    source,
  );
}

const paths = ({ files }: Plan) => files.map(({ path }) => path);

describe('planSolution', () => {
  it('lays an image out once for each tag, and names each content once', async () => {
    const planned = await plan([await image(4, { aliases: ['stable'] })]);
    const under = (tag: string) => paths(planned).filter((path) => path.startsWith(`images/tool/${tag}/`));
    expect(under('1.10').map((path) => path.slice('images/tool/1.10/'.length))).toEqual(
      under('stable').map((path) => path.slice('images/tool/stable/'.length)),
    );
    // manifest.yaml, registry-config.inc.j2, and of the image: manifest.json, version, config and layer.
    expect(Object.keys(planned.contents)).toHaveLength(6);
    expect(paths(planned)).toEqual([...paths(planned)].sort());
    const sectors = new Map(planned.files.map(({ digest, sector }) => [digest, sector]));
    for (const { digest, sector } of planned.files) expect(sector).toBe(sectors.get(digest));
  });

  it('is the same whatever the order in which things are found', async () => {
    const images = [await image(4), await image(5, { name: 'other' })];
    const [a, b] = [await plan(images), await plan(images)];
    expect(Buffer.from(encodePlan(a)).equals(encodePlan(b))).toBe(true);
  });

  it('records how a layer is made gzip, and converts to Docker schema 2', async () => {
    const planned = await plan([await image(4, { root: await sampleImage(source, 'zstd') })]);
    const made = Object.entries(planned.contents).filter(([, content]) => 'recompressed' in content);
    expect(made).toHaveLength(1);
    const manifest = planned.files.find(({ path }) => path.endsWith('/manifest.json'))!;
    const content = planned.contents[manifest.digest] as { text: string };
    const mediaType = 'application/vnd.docker.distribution.manifest.v2+json';
    const { layers, config } = parseManifest(Buffer.from(content.text), { mediaType, ...manifest });
    expect(layers.map((layer) => [layer.mediaType, layer.digest])).toEqual([
      ['application/vnd.docker.image.rootfs.diff.tar.gzip', made[0]![0]],
    ]);
    expect(config.mediaType).toBe('application/vnd.docker.container.image.v1+json');
  });

  it('names every image that is not there for the platform, each at its place', async () => {
    const images = [await image(4), await image(6, { name: 'other' })];
    const failed = await plan(images, { platform: { os: 'linux', architecture: 'arm64' } }).catch(
      (error: unknown) => error,
    );
    expect((failed as AggregateError).errors).toMatchObject([
      { code: 'INGOT_PLATFORM', place: { line: 4, column: 5 } },
      { code: 'INGOT_PLATFORM', place: { line: 6, column: 5 } },
    ]);
  });

  it('looks whether the layers are there', async () => {
    const whole = await image(4);
    const fetcher = {
      ...whole.fetcher,
      exists: ({ mediaType }: { mediaType: string }) => Promise.resolve(!/tar/.test(mediaType)),
      fetch: source.fetch.bind(source),
      locate: () => Promise.resolve(undefined),
    };
    await expect(plan([{ ...whole, fetcher }])).rejects.toMatchObject({
      code: 'INGOT_BLOB_MISSING',
      place: { line: 4 },
    });
  });

  it('gives a file that went the place of the files', async () => {
    const file = { type: 'file', path: 'x', file: join(folder, 'gone'), size: 1, executable: false } as const;
    await expect(plan([await image(4)], { tree: [file] })).rejects.toMatchObject({
      code: 'INGOT_FILES_MISSING',
      place: { line: 9 },
    });
  });

  it('gives what no ISO can hold the place of the files', async () => {
    const file = join(folder, 'a');
    await writeFile(file, 'a');
    const tree = ['x', 'x/y'].map((path) => ({ type: 'file', path, file, size: 1, executable: false }) as const);
    await expect(plan([await image(4)], { tree })).rejects.toMatchObject({
      code: 'INGOT_ISO_PARENT',
      place: { line: 9 },
    });
  });
});
