import { parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import type { Problem } from './problem.ts';

/** The parsed documents of a YAML text (null for an empty one), or why there are none. */
export type YamlDocuments = { readonly values: readonly unknown[] } | { readonly problem: Problem };

/** In characters; more than any CRD or manifest needs. What is larger is broken, or made to do harm. */
const longest = 4 * 1024 * 1024;
const deepest = 1000;

/**
 * The documents of a text as PyYAML's safe_load_all reads them (YAML 1.1: `on` is true, `1.0` a number, a bare timestamp
 * a date). Bounded: size, depth, what aliases expand to. `code` is the problem's, `what` the subject of its message.
 */
export function yamlDocuments(text: string, code: Problem['code'], what: string): YamlDocuments {
  const bad = (message: string, help: string, at?: { line: number; col: number }): YamlDocuments => ({
    problem: {
      code,
      message: `${what} ${message}`,
      help,
      ...(at === undefined ? {} : { line: at.line, column: at.col }),
    },
  });
  if (text.length > longest) return bad(`has more than ${longest} characters`, 'Nothing of that size can be applied.');
  if (brackets(text) > deepest) return bad(`is nested deeper than ${deepest} levels`, 'Write it flatter.');
  try {
    const documents = [...parseAllDocuments(text, { version: '1.1', logLevel: 'silent' })] as Document[];
    const [error] = documents.flatMap((document) => document.errors);
    if (error !== undefined) {
      const [message = error.message] = error.message.split(' at line ');
      return bad(`is not YAML: ${message}`, 'Correct the syntax.', error.linePos?.[0]);
    }
    return { values: documents.map((document) => document.toJS({ maxAliasCount: 100 }) as unknown) };
  } catch (cause) {
    return bad(`cannot be read as YAML: ${(cause as Error).message}`, 'Write it with fewer aliases and levels.');
  }
}

/** How many brackets are open at once: the parser recurses for each. Those in quotes count as well, and do no harm. */
function brackets(text: string): number {
  let open = 0;
  let most = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
    most = Math.max(most, open);
  }
  return most;
}

/** A field of something that YAML gave; undefined where that is no mapping or has no such field of its own. */
export function field(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}
