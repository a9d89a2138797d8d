/** A directive of nginx's configuration: its words, and what is between its braces. */
export interface Directive {
  readonly words: readonly string[];
  readonly block?: readonly Directive[];
}

/** Why a text is no configuration of nginx; line counted from 1. */
export interface NginxFault {
  readonly message: string;
  readonly line: number;
}

/** Blocks within each other; a registry needs two. */
const deepest = 20;
/** A registry of ten thousand images has fewer. */
const mostTokens = 1_000_000;

/**
 * The directives of a configuration text, read as ngx_conf_read_token does: words in blanks or quotes, a backslash
 * before a quote or itself taken away, comments from `#` to the end of the line.
 */
export function parseNginx(text: string): readonly Directive[] | NginxFault {
  const root: Directive[] = [];
  const open: Directive[][] = [root];
  let words: string[] = [];
  let line = 1;
  let count = 0;
  for (const { token, quoted, line: at } of tokens(text)) {
    line = at;
    if (++count > mostTokens) return { message: `more than ${mostTokens} words`, line };
    const current = open.at(-1) ?? root;
    if (quoted || !/^[;{}]$/.test(token)) {
      words.push(token);
    } else if (token === '}') {
      if (words.length > 0) return { message: `"${words.join(' ')}" has no ; at its end`, line };
      if (open.length === 1) return { message: 'a } closes nothing', line };
      open.pop();
    } else {
      if (words.length === 0) return { message: `a ${token} without a directive`, line };
      const block: Directive[] = [];
      current.push(token === '{' ? { words, block } : { words });
      if (token === '{' && open.push(block) > deepest) return { message: 'too many blocks within each other', line };
      words = [];
    }
  }
  if (words.length > 0) return { message: `"${words.join(' ').slice(0, 80)}" has no ; at its end`, line };
  return open.length === 1 ? root : { message: 'a { is not closed', line };
}

interface Token {
  readonly token: string;
  readonly quoted: boolean;
  readonly line: number;
}

/** Quoted words, comments, punctuation, plain words. In a plain word ${ and } belong together. */
const pattern =
  /"((?:[^"\\]|\\[^])*)"|'((?:[^'\\]|\\[^])*)'|(#[^\n]*)|([;{}])|((?:\$\{|\\[^]|[^\s;{}"'\\]|(?<=[^\s;{}])["'])+)|(\n)|[^\S\n]+|([^])/g;

function* tokens(text: string): Iterable<Token> {
  let line = 1;
  for (const match of text.matchAll(pattern)) {
    const [whole, double, single, , punctuation, plain] = match;
    const word = double ?? single ?? plain;
    if (punctuation !== undefined) yield { token: punctuation, quoted: false, line };
    else if (word !== undefined) yield { token: unescape(word), quoted: true, line };
    else if (match[7] !== undefined) yield { token: match[7], quoted: true, line };
    if (whole.includes('\n')) line += whole.split('\n').length - 1;
  }
}

function unescape(word: string): string {
  return word.replaceAll(/\\(["'\\trn])/g, (_, character: string) => {
    const blank = { t: '\t', r: '\r', n: '\n' }[character];
    return blank ?? character;
  });
}
