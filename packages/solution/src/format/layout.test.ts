import { describe, expect, it } from 'vitest';
import { imageFile, imageFolder, reservedPlaceProblems } from './layout.ts';

it('lays images out as skopeo does', () => {
  const image = { name: 'server', tag: '1.0.0' };
  expect(imageFolder(image)).toBe('images/server/1.0.0');
  expect(imageFile(image, 'manifest.json')).toBe('images/server/1.0.0/manifest.json');
  expect(imageFile(image, `sha256:${'a'.repeat(64)}`)).toBe(`images/server/1.0.0/${'a'.repeat(64)}`);
});

describe('reservedPlaceProblems', () => {
  it.each([
    'images',
    'images/x',
    'Images',
    'manifest.yaml',
    'MANIFEST.YAML',
    'registry-config.inc.j2',
    'operator/deploy/x',
  ])('refuses %s', (path) => {
    expect(reservedPlaceProblems(path)).toMatchObject([{ code: 'INGOT_PLACE_RESERVED' }]);
  });
  it.each(['docs', 'images.txt', 'docs/manifest.yaml', 'operator/readme.md', 'operator'])('takes %s', (path) => {
    expect(reservedPlaceProblems(path)).toEqual([]);
  });
});
