import { mkdir, symlink } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { head, Rig } from './test/rig.ts';

let rig: Rig;
beforeEach(async () => {
  rig = await Rig.create();
  // Nothing may be asked of an engine before all of this is checked.
  rig.env({ PATH: rig.path('bin') });
  await rig.write({ 'app/Dockerfile': 'FROM scratch\n', 'other/Dockerfile': 'FROM scratch\n' });
});
afterEach(() => rig.remove());

async function failure(dockerfile: string): Promise<string> {
  await rig.write({ 'app/image.yaml': `${head}dockerfile: ${dockerfile}\n` });
  return rig.failure();
}

describe('Dockerfile and context', () => {
  it.each([
    ['../other/Dockerfile', '4:1'],
    ['/etc/passwd', '4:1'],
    ['{ file: link/Dockerfile }', '4:15'],
    ['{ context: .. }', '4:15'],
    ['{ context: link, file: Dockerfile }', '4:15'],
    ['{ context: sub/../../other }', '4:15'],
  ])('must not leave the project: %s', async (dockerfile, place) => {
    await symlink('../other', rig.path('app/link'));
    expect(await failure(dockerfile)).toMatch(
      new RegExp(`^app/image.yaml:${place}  INGOT_IMAGE_PATH  .* leaves the project`),
    );
  });

  it('must be there, a file and a folder', async () => {
    await mkdir(rig.path('app/folder'));
    expect(await failure('Dockerfil')).toContain(
      'app/image.yaml:4:1  INGOT_DOCKERFILE_MISSING  there is no Dockerfile "Dockerfil"',
    );
    expect(await failure('folder')).toContain('INGOT_DOCKERFILE_MISSING  there is no Dockerfile "folder"');
    expect(await failure('{ context: Dockerfile }')).toContain('there is no folder for the context "Dockerfile"');
  });

  it('are checked before an engine is looked for', async () => {
    expect(await failure('Dockerfile')).toContain('INGOT_DOCKERFILE_ENGINE');
    expect(await rig.outputs()).toEqual([]);
  });
});

describe('secrets', () => {
  it('must be there', async () => {
    expect(await failure('{ secrets: [{ id: a, env: INGOT_TEST_UNSET }] }')).toContain(
      'app/image.yaml:4:25  INGOT_DOCKERFILE_SECRET  secret "a": the environment variable INGOT_TEST_UNSET is not set',
    );
    expect(await failure('{ secrets: [{ id: a, file: gone }] }')).toContain('secret "a": ENOENT');
  });

  it('must not lie where COPY reaches them', async () => {
    await rig.write({ 'app/.npmrc': 'token=hush-hush' });
    const text = await failure('{ secrets: [{ id: a, file: .npmrc }] }');
    expect(text).toContain('INGOT_DOCKERFILE_SECRET  secret "a": the file .npmrc is in the build\'s context');
    expect(text).not.toContain('hush-hush');
    await rig.write({ 'app/.dockerignore': '.npmrc\n' });
    expect(await failure('{ secrets: [{ id: a, file: .npmrc }] }')).toContain('INGOT_DOCKERFILE_ENGINE');
  });
});
