import { ContentError } from '@ingot/content';
import { describe, expect, it } from 'vitest';
import { ProjectError } from '../error.ts';
import { withPlace } from './with-place.ts';

const place = { file: 'x.yaml', line: 3, column: 5 };

describe('withPlace', () => {
  it('gives an error of a library the place that asked for it', async () => {
    const inner = new ContentError('INGOT_PLATFORM', 'not there', { help: 'ask for another', digest: 'sha256:0' });
    const failed = withPlace(place, () => Promise.reject(inner));
    await expect(failed).rejects.toMatchObject({
      code: 'INGOT_PLATFORM',
      help: 'ask for another',
      digest: 'sha256:0',
      place,
      cause: inner,
    });
  });
  it('leaves places and foreign errors alone', async () => {
    const placed = new ProjectError('INGOT_X', 'm', { place: { file: 'y', line: 1, column: 1 } });
    await expect(withPlace(place, () => Promise.reject(placed))).rejects.toBe(placed);
    const foreign = new TypeError('bug');
    await expect(withPlace(place, () => Promise.reject(foreign))).rejects.toBe(foreign);
    await expect(withPlace(place, () => 3)).resolves.toBe(3);
  });
});
