import { partOf } from './bytes.ts';
import { shown } from './comparer.ts';
import type { Comparer, Difference, Pair } from './comparer.ts';

/** Larger ones are compared as text. Bytes. */
const largest = 32 * 1024 * 1024;

/** JSON: names the keys, as jq would. */
export const jsonComparer: Comparer = {
  format: 'JSON',

  async reads(pair) {
    for (const span of [pair.first, pair.second]) {
      if (span.size > largest || !/^\s*[[{]/.test((await partOf(span, 0, 64)).toString())) return false;
    }
    return true;
  },

  async *compare(pair) {
    const [first, second] = await parsed(pair);
    yield* jsonDifferences(first, second);
  },
};

async function parsed(pair: Pair): Promise<readonly [unknown, unknown]> {
  const read = async ({ first: span }: Pick<Pair, 'first'>) =>
    JSON.parse((await partOf(span, 0, span.size)).toString('utf8')) as unknown;
  return [await read(pair), await read({ first: pair.second })];
}

/** The keys under which two values differ; `place` is where they lie. */
export function* jsonDifferences(first: unknown, second: unknown, place = ''): Generator<Difference> {
  if (Array.isArray(first) && Array.isArray(second)) {
    for (let index = 0; index < Math.max(first.length, second.length); index++) {
      yield* jsonDifferences(first[index], second[index], `${place}[${index}]`);
    }
  } else if (isObject(first) && isObject(second)) {
    const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
    for (const key of keys) yield* jsonDifferences(first[key], second[key], `${place}${dotted(key)}`);
    yield* orderDifference(Object.keys(first), Object.keys(second), place);
  } else if (JSON.stringify(first) !== JSON.stringify(second)) {
    yield { at: [place || '.'], first: shown(first), second: shown(second) };
  }
}

function* orderDifference(first: readonly string[], second: readonly string[], place: string): Generator<Difference> {
  const isSame = first.length === second.length && first.every((key) => second.includes(key));
  if (!isSame || first.join('\n') === second.join('\n')) return;
  yield { at: [place || '.', 'order of keys'], first: shown(first.join(', ')), second: shown(second.join(', ')) };
}

function dotted(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
