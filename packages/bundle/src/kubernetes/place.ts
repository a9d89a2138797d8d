import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type Node } from 'yaml';
import { keyText, type Targets } from './value.ts';

/**
 * Where the value at these keys is written: its key in a map, itself in a list; where it is not there, the nearest above
 * that is. An offset in the document's text.
 */
export function offsetOf(document: Document.Parsed, targets: Targets, keys: readonly (string | number)[]): number {
  let node: unknown = document.contents;
  let offset = document.contents?.range?.[0] ?? document.range[0];
  for (const key of keys) {
    const there: unknown = isAlias(node) ? targets.get(node) : node;
    if (isMap(there)) {
      const pair = there.items.findLast((one) => keyText(one.key, targets) === String(key));
      if (pair === undefined) break;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(there) && isNode(there.items[Number(key)])) {
      node = there.items[Number(key)];
      offset = (node as Node).range?.[0] ?? offset;
    } else break;
  }
  return offset;
}
