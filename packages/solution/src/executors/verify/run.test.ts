import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { digestOf } from '@ingot/content';
import type { ExecutorContext } from '@nx/devkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { addImage, isoOf, sampleImages, sampleSolution, serve, withConfig } from '../../verify/test/sample-solution.ts';
import { runVerify } from './run.ts';

let root: string;
let context: ExecutorContext;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ingot-verify-'));
  await mkdir(join(root, 'x/dist'), { recursive: true });
  const projectsConfigurations = {
    version: 2,
    projects: { x: { root: 'x', targets: { burn: { executor: '@ingot/solution:pack' } } } },
  };
  context = { root, projectName: 'x', projectsConfigurations } as unknown as ExecutorContext;
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A Solution whose only fault is one that shows when its layers are unpacked. */
async function withWrongDiffIds(): Promise<void> {
  const sample = sampleSolution();
  addImage(sample, sampleImages[1]!, (parts) =>
    withConfig(parts, {
      os: 'linux',
      architecture: 'amd64',
      rootfs: { type: 'layers', diff_ids: ['base', 'other'].map((text) => digestOf(Buffer.from(text))) },
    }),
  );
  serve(sample);
  await writeFile(join(root, 'x/dist/x.iso'), await isoOf(sample));
  await writeFile(join(root, 'x/dist/pack.json'), JSON.stringify({ file: 'x.iso' }));
}

describe('runVerify', () => {
  it('says that there is no ISO only where there is none', async () => {
    await expect(runVerify({}, context)).rejects.toMatchObject({
      code: 'INGOT_PACK_MISSING',
      help: expect.stringContaining('nx run x:burn') as string,
    });
    const path = join(root, 'x/dist/pack.json');
    await mkdir(path);
    await expect(runVerify({}, context)).rejects.toMatchObject({ code: 'INGOT_FILE', path });
    await rm(path, { recursive: true });
    await writeFile(path, 'null');
    await expect(runVerify({}, context)).rejects.toMatchObject({ code: 'INGOT_PACK_MISSING' });
  });

  it('unpacks layers where it is told to', async () => {
    await withWrongDiffIds();
    expect((await runVerify({}, context)).success).toBe(true);
    const { success, terminalOutput } = await runVerify({ deep: true }, context);
    expect(success).toBe(false);
    expect(terminalOutput).toContain('image-diff-ids');
  });
});
