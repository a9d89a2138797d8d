import type { ManifestObject, ManifestProblem } from './manifest.ts';

type Keys = readonly (string | number)[];
type Value = Readonly<Record<string, unknown>>;

/**
 * The objects that a document's value is: itself, or the items of a list, at any depth, as cli-runtime takes them apart
 * (pkg/resource/visitor.go FlattenListVisitor). Anything that has `items` is a list, whatever its kind; an item without
 * kind and apiVersion has them of its list (apimachinery pkg/apis/meta/v1/unstructured/helpers.go, decode and decodeToList).
 */
export function objectsOf(
  value: unknown,
  file: string,
  place: (keys: Keys) => string,
): { readonly objects: readonly ManifestObject[]; readonly problems: readonly ManifestProblem[] } {
  const objects: ManifestObject[] = [];
  const problems: ManifestProblem[] = [];
  const wrong = (message: string, keys: Keys): void => {
    problems.push({ kind: 'value', message, path: place(keys) });
  };
  const take = (one: unknown, keys: Keys, list: Value | undefined): void => {
    if (!isObject(one)) {
      const what = list === undefined ? 'the document' : `items[${keys.at(-1)}] of the list`;
      wrong(`${what} is no object, which has apiVersion and kind`, keys);
      return;
    }
    const object = list === undefined ? one : named(one, list);
    if (!Object.hasOwn(object, 'items')) {
      const placeIn = (...inside: Keys): string => place([...keys, ...inside]);
      objects.push({ file, value: object, inList: list !== undefined, place: placeIn });
      return;
    }
    const { items } = object;
    if (items !== null && !Array.isArray(items)) wrong('items is no list', [...keys, 'items']);
    else for (const [index, item] of (items ?? []).entries()) take(item, [...keys, 'items', index], object);
  };
  take(value, [], undefined);
  return { objects, problems };
}

function named(item: Value, { apiVersion, kind }: Value): Value {
  if (item['kind'] !== undefined || item['apiVersion'] !== undefined) return item;
  return { apiVersion, kind: typeof kind === 'string' ? kind.replace(/List$/, '') : kind, ...item };
}

function isObject(value: unknown): value is Value {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
