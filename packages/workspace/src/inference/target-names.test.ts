import { describe, expect, it } from 'vitest';
import { targetNames } from './target-names.ts';

describe('targetNames', () => {
  it('takes the defaults, and what nx.json says', () => {
    expect(targetNames(['image', 'export'], undefined)).toEqual({ image: 'image', export: 'export' });
    expect(targetNames(['image', 'export'], { imageTarget: 'oci-image', labels: {} })).toEqual({
      image: 'oci-image',
      export: 'export',
    });
  });
  it.each([[{ imageTarget: 3 }], [{ imageTarget: '' }], [{ imageTarget: 'a:b' }], [{ imageTarget: 'export' }]])(
    'refuses %j',
    (options) => {
      expect(() => targetNames(['image', 'export'], options)).toThrow(
        expect.objectContaining({ code: 'INGOT_TARGET_NAME', path: 'nx.json' }),
      );
    },
  );
});
