import { afterAll, beforeAll, expect, it } from 'vitest';
import { NxWorkspace } from '../../../tools/nx-workspace.ts';
import { readmeExample } from './test/readme-example.ts';

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({ packages: ['oci'], files: await readmeExample() });
  const { code, all } = await workspace.nx(['run', 'hello-server:image']);
  expect(code, all).toBe(0);
});
afterAll(() => workspace?.remove());

it('a change of a file, of what another project makes or of the plugin itself makes it run again', async () => {
  await workspace.write({ 'server/main.txt': 'two' });
  const { digest } = await workspace.json<{ digest: string }>('hello/dist/image.json');
  expect((await workspace.nx(['run', 'hello-server:image'])).code).toBe(0);
  expect((await workspace.json<{ digest: string }>('hello/dist/image.json')).digest).not.toBe(digest);

  const source = await workspace.read('packages/content/src/index.ts');
  await workspace.write({ 'packages/content/src/index.ts': `${source}// changed\n` });
  const again = await workspace.nx(['run', 'hello-server:image', '--outputStyle=static']);
  expect(again.all).toContain('nx run server:build  [local cache]');
  expect(again.all).not.toContain('nx run hello-server:image  [local cache]');
});
