import { isAlias, isMap, isPair, isScalar, isSeq, type Document, type LineCounter, type Node } from 'yaml';
import type { Place } from '../error.ts';

/** Where in a document: keys of maps and indexes of lists. */
export type Path = readonly (string | number)[];

/** A YAML document that knows where each of its values was written. */
export class SourceTree {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #text: string;
  readonly #file: string;

  constructor(document: Document, lines: LineCounter, text: string, file: string) {
    this.#document = document;
    this.#lines = lines;
    this.#text = text;
    this.#file = file;
  }

  /** The place of a character offset. */
  at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.#file, line: Math.max(1, line), column: Math.max(1, col) };
  }

  /** Where the key (of a map) or the item (of a list) begins; for what isn't there, where its parent begins. */
  place(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const found = this.#find(path.slice(0, length));
      if (found) return this.at(found.start);
    }
    return this.at(this.#document.contents?.range?.[0] ?? 0);
  }

  /** What was written as the value, as it stands in the text (`1.0`, `"1.0"`); undefined where there is none. */
  source(path: Path): string | undefined {
    const range = this.#find(path)?.node?.range;
    return range ? this.#text.slice(range[0], range[1]) : undefined;
  }

  /**
   * A scalar as text: a string's value, or a plain number, boolean … as it was written, since `1.0`, `1.10` and `0755`
   * mean something else once YAML has made numbers of them. Undefined for maps, lists, null and what isn't there.
   */
  text(path: Path): string | undefined {
    const node = this.#find(path)?.node;
    if (!isScalar(node) || node.value === null) return undefined;
    return typeof node.value === 'string' ? node.value : this.source(path);
  }

  #find(path: Path): { start: number; node: Node | undefined } | undefined {
    let node: unknown = this.#document.contents;
    let start = 0;
    for (const step of path) {
      if (isAlias(node)) node = node.resolve(this.#document);
      if (isMap(node)) {
        const pair = node.items.find((each) => isPair(each) && keyOf(each.key) === String(step));
        if (!pair) return undefined;
        start = (pair.key as Node | null)?.range?.[0] ?? start;
        node = pair.value;
      } else if (isSeq(node) && typeof step === 'number' && step < node.items.length) {
        node = node.items[step];
        start = (node as Node | null)?.range?.[0] ?? start;
      } else {
        return undefined;
      }
    }
    if (isAlias(node)) node = node.resolve(this.#document);
    return { start, node: node as Node | undefined };
  }
}

function keyOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
