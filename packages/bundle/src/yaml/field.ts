/** The value at a path of keys, undefined where something on the way is no mapping or list. */
export function field(value: unknown, ...keys: readonly (string | number)[]): unknown {
  return keys.reduce<unknown>((inside, key) => {
    if (isMapping(inside)) return Object.hasOwn(inside, key) ? inside[key] : undefined;
    return Array.isArray(inside) && typeof key === 'number' ? (inside as unknown[])[key] : undefined;
  }, value);
}

/** A text there; undefined for anything else. */
export function textField(value: unknown, ...keys: readonly (string | number)[]): string | undefined {
  const found = field(value, ...keys);
  return typeof found === 'string' ? found : undefined;
}

/** A text there, or what a number or boolean there reads as in Go, where a text is wanted; else an empty one. */
export function writtenField(value: unknown, ...keys: readonly (string | number)[]): string {
  const found = field(value, ...keys);
  return ['string', 'number', 'boolean'].includes(typeof found) ? String(found) : '';
}

/** The members of a list there; none where there is no list. */
export function listField(value: unknown, ...keys: readonly (string | number)[]): readonly unknown[] {
  const found = field(value, ...keys);
  return Array.isArray(found) ? (found as unknown[]) : [];
}

export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** A value as a message shows it: quoted, and cut where it is long. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 76)}…${text.endsWith('"') ? '"' : ''}`;
}
