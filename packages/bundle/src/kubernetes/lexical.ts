import { CST, Lexer } from 'yaml';

/** What go-yaml refuses and a reader of YAML 1.2 does not, and what would overflow a stack. */
export interface LexicalProblem {
  readonly message: string;
  /** In the document's text. */
  readonly offset: number;
}

/** How deep values may lie in each other. Readers of Kubernetes end at 10,000; definitions have some sixty. */
export const deepest = 500;

/** All but tabs, line ends and what can be printed: go-yaml goyaml.v2/readerc.go. A byte order mark may be first. */

const control = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u;

/** The end of a document (`...`) before anything has begun. */
const earlyEnd = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*\.\.\.(?=\s|$)/;

/** The first such place of a document in YAML; undefined where there is none. */
export function lexicalProblem(text: string): LexicalProblem | undefined {
  const end = earlyEnd.exec(text);
  if (end) return { message: 'the end of a document that has not begun', offset: end[0].length - 3 };
  const found = control.exec(text);
  if (found) {
    const code = (found[0].codePointAt(0) ?? 0).toString(16).padStart(4, '0');
    return { message: `the control character U+${code.toUpperCase()} may not be there`, offset: found.index };
  }
  return tokenProblem(text);
}

/** As the lexer tells tokens apart; plain and block scalars, which it announces by a mark, have no type of their own. */
type Kind = NonNullable<ReturnType<typeof CST.tokenType>> | 'plain' | 'block';

interface Token {
  readonly kind: Kind;
  readonly source: string;
  readonly offset: number;
  /** Where its line begins. */
  readonly lineStart: number;
}

/** What the tokens before say. */
interface State {
  /** Braces and brackets that are open. */
  flow: number;
  /** Columns at which something began that is not over. */
  readonly columns: number[];
  /** The line of the last token, by its start, and the column of the first thing on it. */
  line: number;
  lineColumn: number;
  /** The kind of the token before, blanks left out. */
  before: Kind | undefined;
  /** The same, line ends and comments left out as well. */
  last: Kind | undefined;
}

const blanks: readonly Kind[] = ['space', 'newline', 'comment'];
const indicators: readonly (Kind | undefined)[] = ['seq-item-ind', 'explicit-key-ind'];
const quoted: readonly Kind[] = ['single-quoted-scalar', 'double-quoted-scalar'];
/** Ends of lines for YAML 1.1 alone, with something behind that would be indented too little. */
const lineEnd = /[\x85\u2028\u2029](?=\S)/;
const lineEndMessage = 'a character that ends a line for readers of YAML 1.1: put the text into quotes, or remove it';
const tabMessage = 'a tab where only blanks may indent';

/** The same of a document without tabs and control characters, as JSON has none. */
export function tokenProblem(text: string): LexicalProblem | undefined {
  const state: State = { flow: 0, columns: [], line: -1, lineColumn: 0, before: undefined, last: undefined };
  for (const token of tokensOf(text)) {
    const end = quoted.includes(token.kind) ? -1 : token.source.search(lineEnd);
    if (end >= 0) return { message: lineEndMessage, offset: token.offset + end };
    const tab = tabIn(token, text, state);
    if (tab !== undefined) return { message: tabMessage, offset: tab };
    if (!blanks.includes(token.kind) && enter(token, state) > deepest) {
      return { message: `values lie in each other more than ${deepest} deep`, offset: token.offset };
    }
    if (token.kind === 'space') continue;
    state.before = token.kind;
    if (blanks.includes(token.kind)) continue;
    state.last = token.kind;
    if (state.line !== token.lineStart) state.lineColumn = token.offset - token.lineStart;
    state.line = token.lineStart;
  }
  return undefined;
}

function* tokensOf(text: string): Generator<Token, void, undefined> {
  let offset = 0;
  let lineStart = 0;
  let header = false;
  let scalar = false;
  for (const source of new Lexer().lex(text)) {
    const type = scalar ? null : CST.tokenType(source);
    // Marks of the lexer, which stand for no text.
    if (type === 'doc-mode' || type === 'flow-error-end') continue;
    if (type === 'scalar') {
      scalar = true;
      continue;
    }
    // A value that is not there is an empty scalar.
    if (source !== '') yield { kind: type ?? (header ? 'block' : 'plain'), source, offset, lineStart };
    if (type === 'block-scalar-header') header = true;
    else if (scalar) header = false;
    scalar = false;
    const line = source.lastIndexOf('\n');
    if (line >= 0) lineStart = offset + line + 1;
    offset += source.length;
  }
}

/** Takes up that something begins here; how deep it lies. */
function enter({ kind, offset, lineStart }: Token, state: State): number {
  if (kind === 'flow-map-start' || kind === 'flow-seq-start') state.flow += 1;
  else if (kind === 'flow-map-end' || kind === 'flow-seq-end') state.flow = Math.max(0, state.flow - 1);
  if (state.flow === 0) {
    while ((state.columns.at(-1) ?? -1) >= offset - lineStart) state.columns.pop();
    state.columns.push(offset - lineStart);
  }
  return state.flow + state.columns.length;
}

/**
 * Where a tab is that go-yaml does not take: before the first thing on a line, between a dash and what it announces
 * (goyaml.v2/scannerc.go, yaml_parser_scan_to_next_token, and the scanners of plain and block scalars).
 */
function tabIn({ kind, source, offset, lineStart }: Token, text: string, state: State): number | undefined {
  if (kind === 'block') return tabInBlock(source, offset);
  const tab = kind === 'space' ? source.indexOf('\t') : -1;
  if (tab < 0 || state.flow > 0) return undefined;
  const between = text.slice(lineStart, offset).trimStart() !== '';
  if (between) return indicators.includes(state.before) ? offset + tab : undefined;
  // Lines of blanks after a plain scalar are taken as part of it, where the tab lies deep enough.
  const ends = /^[\t ]*\r?(\n|$)/.test(text.slice(lineStart, lineStart + 4096));
  const deep = offset + tab - lineStart > state.lineColumn;
  return ends && state.last === 'plain' && deep ? undefined : offset + tab;
}

/** A line of a block scalar that begins with fewer blanks than the first one, then a tab. */
function tabInBlock(source: string, offset: number): number | undefined {
  const indent = /^(?:[\t ]*\r?\n)*( *)/.exec(source)?.[1]?.length ?? 0;
  for (const { index, 0: start } of source.matchAll(/^ *\t/gm)) {
    if (start.length - 1 < indent) return offset + index + start.length - 1;
  }
  return undefined;
}
