import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { NxWorkspace } from '../tools/nx-workspace.ts';
import { root } from '../tools/repository.ts';
import { exampleWorkspace } from './example-workspace.ts';

let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await exampleWorkspace(['oci'], 'locked-base', 'local-registry', 'hello-ui', 'static-server');
  await cp(join(root, 'ingot.lock'), workspace.path('ingot.lock'));
});
afterAll(() => workspace?.remove());

it('locked-base is all that fails where there is no docker-registry', async () => {
  const programs = workspace.path('programs');
  await mkdir(programs);
  await symlink(process.execPath, join(programs, 'node'));
  await symlink('/bin/sh', join(programs, 'sh'));
  const { code, all } = await workspace.nx(['run-many', '-t', 'image', '--skip-nx-cache'], { PATH: programs });
  expect(code).not.toBe(0);
  expect(all).toContain('apt-get install docker-registry');
  for (const built of ['hello-ui', 'locked-base-base']) expect(all).toMatch(new RegExp(`✔ +nx run ${built}:image`));
  expect(all).toMatch(/^- locked-base:image$/m);
});
