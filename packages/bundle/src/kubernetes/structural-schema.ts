import { isMap } from './identity.ts';

type Keys = readonly (string | number)[];
type Schema = Readonly<Record<string, unknown>>;

/** Where a schema is not what the API server takes. */
export interface SchemaProblem {
  /** Within the schema. */
  readonly keys: Keys;
  readonly message: string;
}

type Level = 'root' | 'item' | 'field';

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'];
const nowhere = { root: 'at the root', item: 'for the items of a list', field: 'for a field' };

/**
 * Why the schema of a CustomResourceDefinition is not structural (apiextensions-apiserver
 * pkg/apiserver/schema/validation.go, ValidateStructural; pkg/apis/apiextensions/validation, specStandardValidatorV3).
 * Defaults' values and CEL rules are not judged.
 */
export function* structuralProblems(schema: Schema): Generator<SchemaProblem, void, undefined> {
  if (schema['nullable'] === true) yield { keys: ['nullable'], message: 'nullable cannot be true at the root' };
  yield* structural(schema, [], 'root');
}

function* structural(schema: Schema, keys: Keys, level: Level): Generator<SchemaProblem, void, undefined> {
  yield* common(schema, keys);
  yield* typeProblems(schema, keys, level);
  yield* children(schema, keys, level);
  if (level === 'root' || schema['x-kubernetes-embedded-resource'] === true) yield* metaProblems(schema, keys, level);
  yield* validations(schema, schema, keys, intOrString(schema));
}

function* typeProblems(schema: Schema, keys: Keys, level: Level): Generator<SchemaProblem, void, undefined> {
  const { type } = schema;
  const open = schema['x-kubernetes-int-or-string'] === true || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const embedded = schema['x-kubernetes-embedded-resource'] === true;
  if (type === undefined || type === '') {
    if (embedded || !open) yield { keys, message: `type is missing ${nowhere[level]}` };
  } else if (level === 'root' && type !== 'object')
    yield { keys: [...keys, 'type'], message: 'type must be object at the root' };
  else if (embedded && type !== 'object') {
    yield { keys: [...keys, 'type'], message: 'type must be object with x-kubernetes-embedded-resource' };
  }
  if (
    schema['x-kubernetes-int-or-string'] === true &&
    (embedded || schema['x-kubernetes-preserve-unknown-fields'] === true)
  ) {
    yield { keys: [...keys, 'x-kubernetes-int-or-string'], message: 'x-kubernetes-int-or-string stands alone' };
  }
  if (type === 'array' && !isMap(schema['items'])) yield { keys, message: 'a list without a schema of its items' };
}

function* children(schema: Schema, keys: Keys, level: Level): Generator<SchemaProblem, void, undefined> {
  const { items, additionalProperties } = schema;
  if (isMap(items)) yield* structural(items, [...keys, 'items'], 'item');
  for (const [name, field] of schemas(schema['properties'])) {
    yield* structural(field, [...keys, 'properties', name], 'field');
  }
  if (additionalProperties === undefined) return;
  const at = [...keys, 'additionalProperties'];
  if (level === 'root') yield { keys: at, message: 'additionalProperties cannot be at the root' };
  else if (schema['x-kubernetes-embedded-resource'] === true) {
    yield { keys: at, message: 'additionalProperties cannot be with x-kubernetes-embedded-resource' };
  }
  if (additionalProperties !== true && schemas(schema['properties']).length > 0) {
    yield { keys: at, message: 'there are either properties or additionalProperties' };
  }
  if (isMap(additionalProperties)) yield* structural(additionalProperties, at, 'field');
}

/** apiVersion, kind and metadata are the API server's own. */
function* metaProblems(schema: Schema, keys: Keys, level: Level): Generator<SchemaProblem, void, undefined> {
  for (const [name, field] of schemas(schema['properties'])) {
    const at = [...keys, 'properties', name];
    if ((name === 'apiVersion' || name === 'kind') && field['type'] !== 'string')
      yield { keys: at, message: `${name} must be a string` };
    if (name !== 'metadata') continue;
    if (field['type'] !== 'object') yield { keys: at, message: 'metadata must be an object' };
    if (level !== 'root') continue;
    const names = schemas(field['properties']).map(([key]) => ['properties', key]);
    const facts = Object.keys(field).filter((key) => key !== 'type' && key !== 'properties');
    const other = [...facts.map((key) => [key]), ...names].find(([, key]) => key !== 'name' && key !== 'generateName');
    if (other !== undefined) {
      yield { keys: [...at, ...other], message: 'of metadata, name and generateName alone can have a schema' };
    }
  }
}

/** What holds at every place. */
function* common(schema: Schema, keys: Keys): Generator<SchemaProblem, void, undefined> {
  const { type } = schema;
  if (type !== undefined && type !== '' && !types.includes(type as string)) {
    yield { keys: [...keys, 'type'], message: `type must be one of ${types.join(', ')}` };
  }
  for (const key of unsupported)
    if (schema[key] !== undefined) yield { keys: [...keys, key], message: `${key} is not supported` };
  if (schema['uniqueItems'] === true) yield { keys: [...keys, 'uniqueItems'], message: 'uniqueItems cannot be true' };
  if (Array.isArray(schema['items']))
    yield { keys: [...keys, 'items'], message: 'items is one schema, not a list of them' };
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    yield { keys: [...keys, 'x-kubernetes-preserve-unknown-fields'], message: 'it is true, or not there' };
  }
  yield* listProblems(schema, keys);
}

function* listProblems(schema: Schema, keys: Keys): Generator<SchemaProblem, void, undefined> {
  const list = schema['x-kubernetes-list-type'];
  const map = schema['x-kubernetes-map-type'];
  if (map !== undefined && schema['type'] !== 'object') {
    yield { keys: [...keys, 'x-kubernetes-map-type'], message: 'x-kubernetes-map-type is for objects' };
  }
  if (list !== undefined && schema['type'] !== 'array') {
    yield { keys: [...keys, 'x-kubernetes-list-type'], message: 'x-kubernetes-list-type is for lists' };
  }
  const names = schema['x-kubernetes-list-map-keys'];
  if (list === 'map' && !(Array.isArray(names) && names.length > 0)) {
    yield {
      keys: [...keys, 'x-kubernetes-list-type'],
      message: 'a list of the type map wants x-kubernetes-list-map-keys',
    };
  }
}

const forbidden = ['type', 'default', 'title', 'description', 'nullable', 'additionalProperties'];
const forbiddenExtensions = [
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
];

/** allOf, anyOf, oneOf and not: they restrict what `of`, outside of them, has. */
function* validations(
  schema: Schema,
  of: Schema,
  keys: Keys,
  exempt: string,
): Generator<SchemaProblem, void, undefined> {
  for (const key of ['allOf', 'anyOf', 'oneOf'] as const) {
    if (key === exempt || !Array.isArray(schema[key])) continue;
    for (const [index, one] of (schema[key] as unknown[]).entries()) {
      const inside = exempt === 'allOf.anyOf' && key === 'allOf' && index === 0 ? 'anyOf' : '';
      if (isMap(one)) yield* nested(one, of, [...keys, key, index], inside);
    }
  }
  if (isMap(schema['not'])) yield* nested(schema['not'], of, [...keys, 'not'], '');
}

function* nested(schema: Schema, of: Schema, keys: Keys, exempt: string): Generator<SchemaProblem, void, undefined> {
  yield* common(
    { ...schema, type: undefined, 'x-kubernetes-list-type': undefined, 'x-kubernetes-map-type': undefined },
    keys,
  );
  for (const key of [...forbidden, ...forbiddenExtensions]) {
    const value = schema[key];
    if (value === undefined || value === false || value === '') continue;
    yield { keys: [...keys, key], message: `${key} cannot be within allOf, anyOf, oneOf or not` };
  }
  yield* validations(schema, of, keys, exempt);
  if (isMap(schema['items'])) {
    if (isMap(of['items'])) yield* nested(schema['items'], of['items'], [...keys, 'items'], '');
    else yield { keys: [...keys, 'items'], message: 'items have no schema outside of it' };
  }
  const outside = new Map(schemas(of['properties']));
  for (const [name, field] of schemas(schema['properties'])) {
    const at = [...keys, 'properties', name];
    const counterpart = outside.get(name);
    if (name === 'metadata') yield { keys: at, message: 'metadata cannot be within allOf, anyOf, oneOf or not' };
    else if (counterpart === undefined) yield { keys: at, message: `${name} has no schema outside of it` };
    else yield* nested(field, counterpart, at, '');
  }
}

/** The two ways to write `x-kubernetes-int-or-string` in full, which may have types there. */
function intOrString(schema: Schema): string {
  if (isIntOrString(schema['anyOf'])) return 'anyOf';
  const first: unknown = Array.isArray(schema['allOf']) ? schema['allOf'][0] : undefined;
  return isMap(first) && isIntOrString(first['anyOf']) ? 'allOf.anyOf' : '';
}

function isIntOrString(value: unknown): boolean {
  return JSON.stringify(value) === '[{"type":"integer"},{"type":"string"}]';
}

function schemas(value: unknown): [string, Schema][] {
  return isMap(value) ? Object.entries(value).filter((entry): entry is [string, Schema] => isMap(entry[1])) : [];
}
