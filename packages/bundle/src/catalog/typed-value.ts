import { ProjectError } from '@ingot/workspace';

/** What a value of a Go struct may be; fields of other names are left out. */
export type Shape =
  | 'text'
  | 'boolean'
  | 'number'
  | 'any'
  | { readonly list: Shape }
  | { readonly texts: true }
  | { readonly fields: Readonly<Record<string, Field>> };

export interface Field {
  readonly shape: Shape;
  /** Its key where the value is read, if it is another one there. */
  readonly from?: string;
  /** Written also where it is empty (Go's tag has no omitempty, or stands at a struct). */
  readonly always?: true;
}

type Values = Readonly<Record<string, unknown>>;

/** The keys that lead to a value, and where they are written. */
export interface Whereabouts {
  readonly keys: readonly (string | number)[];
  place(keys: readonly (string | number)[]): string;
}

/**
 * The value as Go's encoding/json reads it into a struct and writes it out again: the fields in their order, without
 * those that are empty. Throws INGOT_CATALOG_BUNDLE where Go could not read it.
 */
export function typedValue(value: unknown, shape: Shape, where: Whereabouts): unknown {
  if (shape === 'any') return value;
  if (value === undefined || value === null) return emptyOf(shape, where);
  if (shape === 'text' || shape === 'boolean' || shape === 'number') {
    const type = shape === 'text' ? 'string' : shape;
    return typeof value === type ? value : refuse(value, shape, where);
  }
  const under = (key: string | number) => ({ ...where, keys: [...where.keys, key] });
  if ('list' in shape) {
    if (!Array.isArray(value)) return refuse(value, 'list', where);
    const items = value as readonly unknown[];
    return items.map((item, i) => typedValue(item, shape.list, under(i)));
  }
  if (typeof value !== 'object' || Array.isArray(value)) return refuse(value, 'map', where);
  if ('texts' in shape) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(entries.map(([key, each]) => [key, typedValue(each, 'text', under(key))]));
  }
  return structOf(value as Values, shape.fields, under);
}

function structOf(
  values: Values,
  fields: Readonly<Record<string, Field>>,
  under: (key: string) => Whereabouts,
): Values {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([key, { shape, from = key, always }]) => {
      const value = typedValue(values[from], shape, under(from));
      return always !== true && isEmpty(value, shape) ? [] : [[key, value]];
    }),
  );
}

function emptyOf(shape: Shape, where: Whereabouts): unknown {
  if (shape === 'text') return '';
  if (shape === 'boolean') return false;
  if (shape === 'number') return 0;
  return typeof shape === 'object' && 'fields' in shape ? typedValue({}, shape, where) : undefined;
}

function isEmpty(value: unknown, shape: Shape): boolean {
  if (shape === 'any') return value === undefined;
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function refuse(value: unknown, wanted: string, where: Whereabouts): never {
  const found = Array.isArray(value) ? 'list' : typeof value === 'object' ? 'map' : typeof value;
  const name = found === 'string' ? 'text' : found;
  const shown = where.keys.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  throw new ProjectError('INGOT_CATALOG_BUNDLE', `${shown.slice(1)} must be a ${wanted}, and is a ${name}`, {
    path: where.place(where.keys),
    help: 'correct it in the bundle; quotes make a text of what looks like something else',
  });
}
