import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { ProjectError } from '../error.ts';
import { didYouMean } from '../nearest.ts';
import type { Path, SourceTree } from './tree.ts';

/**
 * A JSON Schema (draft-07). Beside the standard keywords, `x-expected` says in words what a value must be: it stands in
 * the error in place of the pattern. Alternatives (`anyOf`) must be written in line, not by `$ref`.
 */
export type Schema = Readonly<Record<string, unknown>>;

const validators = new WeakMap<Schema, ValidateFunction>();

/** Every way in which `value` breaks `schema`, each with its place, in the order of the file. */
export function schemaErrors(value: unknown, schema: Schema, tree: SourceTree): ProjectError[] {
  const validate = validators.get(schema) ?? compile(schema);
  if (validate(value)) return [];
  const errors = meant(validate.errors ?? []).map((error) => explain(error, value, tree));
  return inOrder(errors);
}

/** Sorted by place, and each only once. */
export function inOrder(errors: readonly ProjectError[]): ProjectError[] {
  const seen = new Set<string>();
  return errors
    .filter((each) => {
      const key = `${each.place?.line}:${each.place?.column}:${each.message}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0));
}

function compile(schema: Schema): ValidateFunction {
  // Our own schemas are sound (a test checks them), and the code is run a few times: to check and to optimize takes longer.
  const quick = { meta: false, validateSchema: false, code: { optimize: false } };
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: true, allowUnionTypes: true, ...quick });
  ajv.addKeyword('x-expected');
  const validate = ajv.compile(schema);
  validators.set(schema, validate);
  return validate;
}

/** Ajv reports every alternative of an `anyOf`; people want the one that they meant. */
function meant(errors: readonly ErrorObject[]): ErrorObject[] {
  const dropped = new Set<ErrorObject>();
  for (const any of errors.filter((error) => error.keyword === 'anyOf')) {
    const inside = errors.filter(
      (error) =>
        error.schemaPath.startsWith(`${any.schemaPath}/`) &&
        `${error.instancePath}/`.startsWith(`${any.instancePath}/`),
    );
    const branches = new Map<string, ErrorObject[]>();
    for (const error of inside) {
      const branch = error.schemaPath.slice(any.schemaPath.length + 1).split('/')[0]!;
      branches.set(branch, [...(branches.get(branch) ?? []), error]);
    }
    const possible = [...branches.values()].filter(
      (branch) => !branch.some((error) => error.keyword === 'type' && error.instancePath === any.instancePath),
    );
    const chosen = possible.length === 1 ? possible[0]! : [];
    for (const error of inside) if (!chosen.includes(error)) dropped.add(error);
    if (chosen.length > 0) dropped.add(any);
  }
  return errors.filter((error) => !dropped.has(error));
}

function explain(error: ErrorObject, root: unknown, tree: SourceTree): ProjectError {
  const path = toPath(error.instancePath, root);
  const name = path.length === 0 ? 'the file' : shown(path);
  const parent = (error.parentSchema ?? {}) as Readonly<Record<string, unknown>>;
  const expected = typeof parent['x-expected'] === 'string' ? parent['x-expected'] : undefined;
  const place = tree.place(path);

  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty']);
    const known = Object.keys(parent['properties'] ?? {});
    const facts = { place: tree.place([...path, key]), help: `known keys here: ${known.join(', ')}` };
    return new ProjectError('INGOT_FILE_KEY_UNKNOWN', `unknown key "${key}"${didYouMean(key, known)}`, facts);
  }
  if (error.keyword === 'required' || error.keyword === 'dependencies' || error.keyword === 'dependentRequired') {
    const key = String(error.params['missingProperty']);
    return new ProjectError('INGOT_FILE_KEY_MISSING', `${name} lacks the key "${key}"`, { place });
  }
  if (error.keyword === 'type') {
    const wanted = expected ?? typeNames(error.params['type']);
    return new ProjectError('INGOT_FILE_TYPE', `${name} must be ${wanted}, not ${typeName(error.data)}`, { place });
  }
  const written = tree.source(path) ?? JSON.stringify(error.data);
  const candidates = error.keyword === 'enum' ? (error.params['allowedValues'] as unknown[]).map(String) : [];
  const wanted =
    expected ??
    (candidates.length > 0 ? `one of ${candidates.join(', ')}` : (plainly(error) ?? error.message ?? 'valid'));
  const hint = didYouMean(String(error.data), candidates);
  const value = written.length > 80 || written.includes('\n') ? '' : ` ${written}`;
  return new ProjectError('INGOT_FILE_VALUE', `${name}:${value} is not valid: expected ${wanted}${hint}`, { place });
}

/** What Ajv's own words would say less well; undefined for all else. */
function plainly({ keyword, params }: ErrorObject): string | undefined {
  const count = (what: string) => `${String(params['limit'])} ${what}${params['limit'] === 1 ? '' : 's'}`;
  if (keyword === 'minItems') return `at least ${count('item')}`;
  if (keyword === 'maxItems') return `at most ${count('item')}`;
  if (keyword === 'minLength') return `at least ${count('character')}`;
  if (keyword === 'maxLength') return `at most ${count('character')}`;
  if (keyword === 'uniqueItems') return 'each item once';
  return undefined;
}

/** `/images/0/from` → ['images', 0, 'from']: RFC 6901, with list indexes as numbers. */
function toPath(pointer: string, root: unknown): Path {
  let value = root;
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const step = part.replaceAll('~1', '/').replaceAll('~0', '~');
      const isIndex = Array.isArray(value);
      value = (value as Record<string, unknown> | undefined)?.[step];
      return isIndex ? Number(step) : step;
    });
}

/** `images[0].from`. */
export function shown(path: Path): string {
  return path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('');
}

const words: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  array: 'a list',
  string: 'a string',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'empty',
};

function typeNames(types: unknown): string {
  return [types]
    .flat()
    .flatMap((type) => String(type).split(','))
    .map((type) => words[type] ?? type)
    .join(' or ');
}

function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  return words[Array.isArray(value) ? 'array' : typeof value] ?? typeof value;
}
