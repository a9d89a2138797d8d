import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { csvShape } from './csv-shape.ts';
import { misfits, type Shape } from './shape.ts';

const found = (value: unknown, shape: Shape) => Array.from(misfits(value, shape), ({ message }) => message);

describe('misfits', () => {
  it('tells the place and both types', () => {
    const shape: Shape = { fields: { a: { list: { fields: { b: 'boolean' } } } } };
    expect([...misfits({ a: [{ b: true }, { b: 'true' }] }, shape)]).toEqual([
      { keys: ['a', 1, 'b'], message: 'a.1.b is "true", not true or false' },
    ]);
  });

  it.each<[unknown, Shape]>([
    [{ a: 1 }, { map: 'text' }],
    [{ a: ['x'] }, { fields: { a: 'text' } }],
    [{ a: 1.5 }, { fields: { a: 'integer' } }],
    [{ a: {} }, { fields: { a: { list: 'any' } } }],
    [{ a: [] }, { fields: { a: { map: 'any' } } }],
  ])('%j is not %j', (value, shape) => {
    expect(found(value, shape)).toHaveLength(1);
  });

  it('passes over what is null, and keys that nobody reads', () => {
    expect(found({ a: null, b: 1 }, { fields: { a: 'text' } })).toEqual([]);
    expect(found({ constructor: 1 }, { fields: {} })).toEqual([]);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        expect(() => found({ metadata: value, spec: { install: value, version: value } }, csvShape)).not.toThrow();
      }),
    );
  });
});
