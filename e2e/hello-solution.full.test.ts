import { cp } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { NxWorkspace } from '../tools/nx-workspace.ts';
import { root } from '../tools/repository.ts';

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({ nxJson: { plugins: ['@ingot/oci/plugin', '@ingot/solution/plugin'] } });
  for (const name of ['static-server', 'hello-server', 'hello-ui', 'hello-solution-operator', 'hello-solution']) {
    const filter = (path: string) => basename(path) !== 'dist';
    await cp(join(root, 'examples', name), workspace.path('examples', name), { recursive: true, filter });
  }
});
afterAll(() => workspace?.remove());

it('hello-solution is the same bytes in another folder, time zone, locale and umask, with empty stores', async () => {
  const { code, all } = await workspace.nx(['run', 'hello-solution:reproduce', '--targets=plan,pack']);
  expect(code, all).toBe(0);
  expect(all).toContain('hello-solution:plan,pack, built twice: the same');
});
