import { expect, it } from 'vitest';
import { applySchema, type StructuralSchema } from './structural-schema.ts';

const schema: StructuralSchema = {
  type: 'object',
  required: ['text'],
  properties: {
    text: { type: 'string', minLength: 1, maxLength: 3, pattern: '^[^x]*$' },
    replicas: { type: 'integer', minimum: 0, maximum: 9, default: 1 },
    list: { type: 'array', items: { type: 'object', properties: { at: { type: 'string', format: 'date-time' } } } },
    one: { type: 'string', enum: ['a', 'b'] },
  },
};

it('puts defaults in', () => {
  const value = { text: 'äöü' };
  expect(applySchema(schema, value)).toEqual([]);
  expect(value).toEqual({ text: 'äöü', replicas: 1 });
});

it.each([
  [{}, '.text: is required'],
  [{ text: 'a', other: 1 }, '.other: is not in the schema'],
  [{ text: '' }, '.text: is less than 1'],
  [{ text: 'abcd' }, '.text: is more than 3'],
  [{ text: 'x' }, '.text: does not match ^[^x]*$'],
  [{ text: 1 }, '.text: must be of type string'],
  [{ text: 'a', replicas: 10 }, '.replicas: is more than 9'],
  [{ text: 'a', replicas: 1.5 }, '.replicas: must be of type integer'],
  [{ text: 'a', list: [{ at: 'now' }] }, '.list[0].at: is no date-time'],
  [{ text: 'a', list: [{ more: 1 }] }, '.list[0].more: is not in the schema'],
  [{ text: 'a', list: {} }, '.list: must be of type array'],
  [{ text: 'a', one: 'c' }, '.one: is none of a,b'],
  [[], ': must be of type object'],
])('refuses %j', (value, wrong) => {
  expect(applySchema(schema, value)).toEqual([wrong]);
});

it('refuses a schema with what it does not know', () => {
  const unknown = { type: 'string', oneOf: [] } as unknown as StructuralSchema;
  expect(applySchema(unknown, 'a')).toEqual([': the schema has oneOf, which nothing checks']);
});
