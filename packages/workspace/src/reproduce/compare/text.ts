import { partOf } from './bytes.ts';
import { shown } from './comparer.ts';
import type { Comparer } from './comparer.ts';

/** Larger texts have the byte named. Bytes. */
const largest = 64 * 1024 * 1024;

/** UTF-8 without control characters: names the first line that differs. */
export const textComparer: Comparer = {
  format: 'text',

  async reads({ first, second }) {
    if (Math.max(first.size, second.size) > largest) return false;
    for (const span of [first, second]) if (!isText(await partOf(span, 0, span.size))) return false;
    return true;
  },

  async *compare({ first, second }) {
    const [one, other] = [await linesOf(first), await linesOf(second)];
    const index = one.findIndex((line, at) => line !== other[at]);
    const line = index < 0 ? one.length : index;
    yield { at: [`line ${line + 1}`], first: shown(one[line]), second: shown(other[line]) };
  },
};

async function linesOf(span: Parameters<typeof partOf>[0]): Promise<readonly string[]> {
  return (await partOf(span, 0, span.size)).toString('utf8').split('\n');
}

function isText(bytes: Uint8Array): boolean {
  try {
    // oxlint-disable-next-line no-control-regex
    return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return false;
  }
}
