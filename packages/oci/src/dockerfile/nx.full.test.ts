import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxWorkspace } from '../../../../tools/nx-workspace.ts';
import { referee } from '../../../../tools/referee.ts';

let workspace: NxWorkspace;
let env: Readonly<Record<string, string>>;
beforeAll(async () => {
  referee('buildah');
  const build = {
    executor: 'nx:run-commands',
    cache: true,
    inputs: ['{projectRoot}/main.txt'],
    outputs: ['{projectRoot}/dist/app'],
    options: { command: 'mkdir -p app/dist/app && cp app/main.txt app/dist/app/' },
  };
  workspace = await NxWorkspace.create({
    packages: ['oci'],
    files: {
      'app/image.yaml': 'ingot: image/v1\nname: app\nversion: 0.1.0\ndockerfile: { engine: buildah }\n',
      'app/project.json': { name: 'app', targets: { build } },
      'app/Dockerfile': 'FROM scratch\nCOPY . /all\n',
      'app/.dockerignore': 'notes\n*.yaml\n',
      'app/main.txt': 'one',
      'app/notes/a.txt': 'one',
      'app/inner/project.json': { name: 'inner' },
      'app/inner/a.txt': 'one',
    },
  });
  await workspace.write({
    'storage.conf': `[storage]\ndriver = "vfs"\ngraphroot = "${workspace.path('.graph')}"\nrunroot = "${workspace.path('.run')}"\n`,
    '.gitignore': 'node_modules\ndist\n.nx\n.graph\n.run\n.store\n',
  });
  env = { BUILDAH_ISOLATION: 'chroot', CONTAINERS_STORAGE_CONF: workspace.path('storage.conf') };
});
afterAll(() => workspace?.remove());

/** Whether the image was built this time, and not taken from the cache. */
async function builds(): Promise<boolean> {
  const result = await workspace.nx(['run', 'app:image', '--outputStyle=static'], env);
  expect(result.code, result.all).toBe(0);
  return !/nx run app:image {2}\[(local cache|existing outputs match the cache, left as is)\]/.test(result.all);
}

async function digest(): Promise<string> {
  return (await workspace.json<{ digest: string }>('app/dist/image.json')).digest;
}

describe('an image of a Dockerfile in an Nx workspace', () => {
  it('is built again when something changes that .dockerignore lets in, and then alone', async () => {
    expect(await builds()).toBe(true);
    const first = await digest();
    await workspace.write({ 'app/notes/a.txt': 'two' });
    expect(await builds()).toBe(false);
    await workspace.write({ 'app/inner/a.txt': 'two' });
    expect(await builds()).toBe(true);
    const second = await digest();
    expect(second).not.toBe(first);
    await workspace.write({ 'app/main.txt': 'two' });
    expect(await builds()).toBe(true);
    expect(await digest()).not.toBe(second);
  });
});
