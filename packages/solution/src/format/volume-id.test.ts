import { expect, it } from 'vitest';
import { volumeId, volumeIdProblems } from './volume-id.ts';

it('is name and version', () => {
  expect(volumeId('example', '1.0.0')).toBe('example 1.0.0');
});

it.each(['example 1.0.0', 'x'.repeat(32), 'ä'.repeat(16)])('takes %s', (id) => {
  expect(volumeIdProblems(id)).toEqual([]);
});

it.each(['x'.repeat(33), `x${'ä'.repeat(16)}`, '', ' x', 'x ', 'a\u0000b', 'a\nb'])('refuses %j', (id) => {
  expect(volumeIdProblems(id)).toMatchObject([{ code: 'INGOT_VOLUME_ID' }]);
});
