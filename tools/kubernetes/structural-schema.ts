/** The part of OpenAPI that our CRDs use. A keyword that is not here is refused, for nobody would check it. */
export interface StructuralSchema {
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly items?: StructuralSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly 'x-kubernetes-list-type'?: 'map' | 'atomic' | 'set';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
}

const keywords = new Set([
  ...[
    'type',
    'description',
    'default',
    'properties',
    'required',
    'items',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
  ],
  ...['pattern', 'enum', 'format', 'x-kubernetes-list-type', 'x-kubernetes-list-map-keys'],
]);

/**
 * Puts the defaults into `value`, and returns what the API server would refuse. It would silently drop fields that the schema
 * does not have; here they are wrong, too.
 */
export function applySchema(schema: StructuralSchema, value: unknown, place = ''): string[] {
  const unknown = Object.keys(schema).filter((keyword) => !keywords.has(keyword));
  if (unknown.length > 0) return [`${place}: the schema has ${unknown.join(', ')}, which nothing checks`];
  if (!isOf(schema.type, value)) return [`${place}: must be of type ${schema.type}`];
  if (schema.type === 'object') return fields(schema, value as Record<string, unknown>, place);
  if (schema.type === 'array') {
    return (value as unknown[]).flatMap((item, index) => applySchema(schema.items!, item, `${place}[${index}]`));
  }
  return scalar(schema, value as string | number | boolean, place);
}

function fields(schema: StructuralSchema, value: Record<string, unknown>, place: string): string[] {
  const { properties = {}, required = [] } = schema;
  for (const [name, property] of Object.entries(properties)) {
    if (value[name] === undefined && property.default !== undefined) value[name] = structuredClone(property.default);
  }
  return [
    ...required.filter((name) => value[name] === undefined).map((name) => `${place}.${name}: is required`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const property = properties[name];
      const at = `${place}.${name}`;
      return property === undefined ? [`${at}: is not in the schema`] : applySchema(property, inner, at);
    }),
  ];
}

function scalar(schema: StructuralSchema, value: string | number | boolean, place: string): string[] {
  const wrong: string[] = [];
  const size = typeof value === 'string' ? [...value].length : Number(value);
  const [least, most] =
    typeof value === 'string' ? [schema.minLength, schema.maxLength] : [schema.minimum, schema.maximum];
  if (least !== undefined && size < least) wrong.push(`${place}: is less than ${least}`);
  if (most !== undefined && size > most) wrong.push(`${place}: is more than ${most}`);
  if (schema.enum !== undefined && !schema.enum.includes(String(value)))
    wrong.push(`${place}: is none of ${schema.enum.join()}`);
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(String(value))) {
    wrong.push(`${place}: does not match ${schema.pattern}`);
  }
  if (schema.format === 'date-time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(String(value))) {
    wrong.push(`${place}: is no date-time`);
  }
  return wrong;
}

function isOf(type: StructuralSchema['type'], value: unknown): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}
