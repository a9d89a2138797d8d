import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LayoutStore, digestOf, type Descriptor } from '@ingot/content';
import type { ExecutorContext } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetcherFor } from './fetcher.ts';
import { imageOutput, projectImage, type ImageResult, type InheritedBlob } from './result.ts';

let root: string;
let context: ExecutorContext;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-result-'));
  process.env['INGOT_STORE'] = join(root, 'store');
  const project = (name: string, targets: object) => ({ name, type: 'app', data: { root: `apps/${name}`, targets } });
  const image = { image: { executor: '@ingot/oci:image' } };
  const nodes = {
    base: project('base', image),
    top: project('top', image),
    moved: project('moved', { img: { executor: '@ingot/oci:image', options: { outputPath: 'dist/moved/image' } } }),
    os: project('os', { rootfs: { executor: '@ingot/os-image:rootfs' }, image: { executor: '@ingot/os-image:image' } }),
    both: project('both', { os: { executor: '@ingot/os-image:image' }, ...image }),
    lib: project('lib', {}),
  };
  context = { root, projectGraph: { nodes } } as unknown as ExecutorContext;
});
afterEach(async () => {
  delete process.env['INGOT_STORE'];
  await rm(root, { recursive: true });
});

async function built(
  name: string,
  text: string,
  inherited: InheritedBlob[] = [],
  folder = `apps/${name}/dist/image`,
): Promise<Descriptor> {
  const bytes = Buffer.from(text);
  const descriptor = { mediaType: 'application/octet-stream', digest: digestOf(bytes), size: bytes.length };
  const content = (async function* () {
    yield bytes;
  })();
  await new LayoutStore(join(root, folder)).push(descriptor, content);
  const result: ImageResult = {
    ingot: 'image-result/v1',
    name,
    version: '1.0.0',
    ...descriptor,
    platforms: [],
    inherited,
  };
  await writeFile(join(root, `${folder}.json`), JSON.stringify(result));
  return descriptor;
}

const place = { file: '/w/solution.yaml', line: 7, column: 5 };

describe('imageOutput', () => {
  it('lies in the project, or where the option says', () => {
    expect(imageOutput('/w', 'apps/x', {})).toEqual({
      layoutDir: '/w/apps/x/dist/image',
      resultFile: '/w/apps/x/dist/image.json',
    });
    expect(imageOutput('/w', '.', {}).layoutDir).toBe('/w/dist/image');
    expect(imageOutput('/w', 'a', { outputPath: '{workspaceRoot}/dist/{projectRoot}/image' }).layoutDir).toBe(
      '/w/dist/a/image',
    );
  });
});

describe('projectImage', () => {
  it('finds what a project has built, by the executor, whatever the target is called', async () => {
    await built('moved', 'm', [], 'dist/moved/image');
    expect(await projectImage(context, 'moved')).toMatchObject({ targetName: 'img', result: { name: 'moved' } });
  });
  it('finds what an os-image has made; an image.yaml beside it counts first', async () => {
    await built('os', 'o');
    await built('both', 'b');
    expect(await projectImage(context, 'os')).toMatchObject({ targetName: 'image', result: { name: 'os' } });
    expect(await projectImage(context, 'both')).toMatchObject({ targetName: 'image' });
  });
  it('says where a project was named that is not there, and which was meant', async () => {
    await expect(projectImage(context, 'bsae', { place })).rejects.toMatchObject({
      code: 'INGOT_PROJECT_UNKNOWN',
      message: 'no project "bsae"; did you mean "base"?',
      place,
    });
    await expect(projectImage(context, 'constructor')).rejects.toMatchObject({ code: 'INGOT_PROJECT_UNKNOWN' });
  });
  it('says that a project makes no image', async () => {
    await expect(projectImage(context, 'lib', { place })).rejects.toMatchObject({
      code: 'INGOT_PROJECT_NO_IMAGE',
      place,
    });
  });
  it('says what to run where the image is not built', async () => {
    await expect(projectImage(context, 'base')).rejects.toMatchObject({
      code: 'INGOT_IMAGE_NOT_BUILT',
      help: 'run `nx run base:image`',
    });
  });
  it.each(['{', '[]', '{"ingot":"image-result/v2"}', 'null'])('refuses the result %j', async (text) => {
    await mkdir(join(root, 'apps/base/dist'), { recursive: true });
    await writeFile(join(root, 'apps/base/dist/image.json'), text);
    await expect(projectImage(context, 'base')).rejects.toMatchObject({ code: 'INGOT_IMAGE_RESULT' });
  });
});

describe('fetcherFor', () => {
  it('finds what an image inherits in the output of the project that it has it from', async () => {
    const low = await built('base', 'base layer');
    const own = await built('top', 'own layer', [{ ...low, source: 'project:base' }]);
    const fetcher = await fetcherFor(context, 'top');
    expect(await fetcher.exists(own)).toBe(true);
    expect((await fetcher.locate(low))?.path).toContain(join('apps', 'base', 'dist', 'image'));
  });
  it('ends where projects inherit from each other', async () => {
    const low = await built('base', 'x', [{ digest: 'sha256:0', size: 1, mediaType: 'x', source: 'project:top' }]);
    await built('top', 'y', [{ ...low, source: 'project:base' }]);
    await expect(fetcherFor(context, 'top')).rejects.toMatchObject({ code: 'INGOT_IMAGE_CYCLE' });
  });
});
