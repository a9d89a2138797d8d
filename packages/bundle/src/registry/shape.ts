import { isMapping, show } from '../yaml/field.ts';

/** What a Go type takes when an object is converted into it. */
export type Shape = 'text' | 'integer' | 'boolean' | 'any' | ListShape | MapShape | FieldsShape;
export interface ListShape {
  readonly list: Shape;
}
export interface MapShape {
  readonly map: Shape;
}
export interface FieldsShape {
  readonly fields: Readonly<Record<string, Shape>>;
}

export interface Misfit {
  /** Where, from the value's root. */
  readonly keys: readonly (string | number)[];
  readonly message: string;
}

/**
 * Where a value is of another type than the one that it is read into: `DefaultUnstructuredConverter.FromUnstructured`
 * (k8s.io/apimachinery, pkg/runtime/converter.go) turns nothing into a text, and refuses the whole object. Null is the
 * empty value of every type; keys that the shape does not have are passed over.
 */
export function* misfits(value: unknown, shape: Shape, keys: readonly (string | number)[] = []): Generator<Misfit> {
  if (value === null || value === undefined || shape === 'any') return;
  if (typeof shape === 'string') {
    if (!fits(value, shape)) yield misfit(keys, value, names[shape]);
  } else if ('list' in shape) {
    if (!Array.isArray(value)) yield misfit(keys, value, 'a list');
    else for (const [at, one] of value.entries()) yield* misfits(one, shape.list, [...keys, at]);
  } else if (!isMapping(value)) {
    yield misfit(keys, value, 'a mapping');
  } else {
    for (const [key, one] of Object.entries(value)) {
      yield* misfits(one, 'map' in shape ? shape.map : (own(shape.fields, key) ?? 'any'), [...keys, key]);
    }
  }
}

const names = { text: 'a text', integer: 'an integer', boolean: 'true or false' };

function fits(value: unknown, shape: keyof typeof names): boolean {
  if (shape === 'text') return typeof value === 'string';
  return shape === 'integer' ? Number.isInteger(value) : typeof value === 'boolean';
}

function own(fields: Readonly<Record<string, Shape>>, key: string): Shape | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

function misfit(keys: readonly (string | number)[], value: unknown, expected: string): Misfit {
  return { keys, message: `${keys.join('.')} is ${show(value)}, not ${expected}` };
}
