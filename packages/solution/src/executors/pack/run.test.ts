import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { ExecutorContext } from '@nx/devkit';
import { afterEach, beforeEach, expect, it } from 'vitest';

import { runPack } from './run.ts';

let root: string;
let context: ExecutorContext;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-pack-'));
  const projectsConfigurations = {
    version: 2,
    projects: { x: { root: 'x', targets: { 'lay-out': { executor: '@ingot/solution:plan' } } } },
  };
  context = { root, projectName: 'x', projectsConfigurations } as unknown as ExecutorContext;
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('says that there is no plan only where there is none', async () => {
  await expect(runPack({}, context)).rejects.toMatchObject({
    code: 'INGOT_PLAN_MISSING',
    help: expect.stringContaining('nx run x:lay-out') as string,
  });
  const path = join(root, 'x/dist/plan.json');
  await mkdir(path, { recursive: true });
  await expect(runPack({}, context)).rejects.toMatchObject({ code: 'INGOT_FILE', path });
});
