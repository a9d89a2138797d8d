import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIso } from '@ingot/iso9660';
import { listSolution } from '@ingot/solution';
import type { SolutionListing } from '@ingot/solution';
import { NxWorkspace } from '../tools/nx-workspace.ts';

/** What the generators scaffold packs and verifies as it stands, and what is imported packs to the same. */
let workspace: NxWorkspace;
beforeAll(async () => {
  workspace = await NxWorkspace.create({ nxJson: { plugins: [] } });
});
afterAll(() => workspace.remove());

async function nx(...args: string[]): Promise<string> {
  const { code, all } = await workspace.nx(args);
  expect(code, all).toBe(0);
  return all;
}

async function listing(iso: string): Promise<SolutionListing> {
  const image = await openIso(workspace.path(iso));
  try {
    return await listSolution(image);
  } finally {
    await image.close();
  }
}

describe('the generators of @ingot/solution', () => {
  it('make a Solution that packs and verifies', async () => {
    await nx('g', '@ingot/solution:solution', 'storage', '--directory=solutions/storage');
    await nx('run', 'storage:pack');
    expect(await nx('run', 'storage:verify')).toContain('0 warnings, 0 errors');
  });

  it('make a project of its ISO that packs to the same files', async () => {
    const iso = 'solutions/storage/dist/storage-0.1.0.iso';
    const dry = await nx('g', '@ingot/solution:import', iso, '--name=imported', '--dry-run');
    expect(dry).toContain('CREATE imported/solution.yaml');
    await nx('g', '@ingot/solution:import', iso, '--name=imported');
    await nx('run', 'imported:pack');
    expect(await nx('run', 'imported:verify')).toContain('0 warnings, 0 errors');
    expect(await listing('imported/dist/storage-0.1.0.iso')).toEqual(await listing(iso));
  });
});
