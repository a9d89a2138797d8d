import { describe, expect, it } from 'vitest';
import { openSample, put, sampleSolution } from '../verify/test/sample-solution.ts';
import { listSolution } from './list-solution.ts';

describe('listSolution', () => {
  it('tells what a Solution is and holds', async () => {
    const sample = sampleSolution();
    sample.links.set('docs/link', 'readme.txt');
    const listing = await listSolution(await openSample(sample));
    expect(listing).toMatchObject({
      volumeId: 'sample 1.0.0',
      name: 'sample',
      version: '1.0.0',
      displayName: 'Sample',
    });
    expect(listing.images).toMatchObject([
      { name: 'sample-operator', tag: '1.0.0', layers: 2, digest: expect.stringMatching(/^sha256:/) as string },
      { name: 'server', tag: '2.1', layers: 2 },
    ]);
    const sizes = [...sample.files].filter(([path]) => /^images\/server\/.*[0-9a-f]{64}$/.test(path));
    expect(listing.images[1]?.size).toBe(sizes.reduce((sum, [, { content }]) => sum + content.length, 0));
    expect(listing.files).toContainEqual({ path: 'docs', type: 'directory', size: 0, mode: '0555' });
    expect(listing.files).toContainEqual({ path: 'docs/readme.txt', type: 'file', size: 7, mode: '0444' });
    expect(listing.files).toContainEqual(
      expect.objectContaining({ path: 'docs/link', type: 'symlink', target: 'readme.txt' }),
    );
    expect(listing.files.map(({ path }) => path)).toEqual(listing.files.map(({ path }) => path).sort());
  });

  it('lists what is no Solution as well', async () => {
    const sample = sampleSolution();
    sample.files.clear();
    put(sample, 'a', 'text');
    const { name, images, files } = await listSolution(await openSample(sample));
    expect({ name, images, files }).toEqual({
      name: null,
      images: [],
      files: [{ path: 'a', type: 'file', size: 4, mode: '0444' }],
    });
  });
});
