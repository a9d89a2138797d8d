/** Jinja source that cannot be rendered here, or that the author most likely meant literally. Line counted from 1. */
export interface JinjaFault {
  readonly message: string;
  readonly line: number;
}

/**
 * Renders the part of Jinja that the files of a Solution need: text, comments, raw blocks, string literals, and the
 * given variables; `{%-`, `-}}` and the like take the blanks beside them away. Everything else is a fault: MetalK8s'
 * Jinja would run it, fail on it, or print nothing for it.
 */
export function renderJinja(
  source: string,
  variables: Readonly<Record<string, string>> = {},
): { readonly text: string } | { readonly fault: JinjaFault } {
  const output: string[] = [];
  let position = 0;
  let trimNext = false;

  const take = (text: string): void => {
    output.push(trimNext ? text.trimStart() : text);
    if (text !== '') trimNext = trimNext && text.trim() === '';
  };
  const fault = (at: number, message: string): { fault: JinjaFault } => ({
    fault: { message, line: source.slice(0, at).split('\n').length },
  });

  while (true) {
    const tag = nextTag(source, position);
    if (tag === undefined) break;
    take(source.slice(position, tag.start));
    if (tag.end === undefined) return fault(tag.start, `${tag.open} is opened and not closed`);
    if (tag.trimBefore) trimLast(output);
    let end = tag.end;
    trimNext = tag.trimAfter;
    if (tag.open === '{{') {
      const value = expression(tag.inner, variables);
      if (value === undefined) return fault(tag.start, `{{${tag.inner}}} is an expression of Jinja`);
      output.push(value);
    } else if (tag.open === '{%') {
      if (tag.inner.trim() !== 'raw') return fault(tag.start, `{%${tag.inner}%} is a statement of Jinja`);
      rawEnd.lastIndex = tag.end;
      const close = rawEnd.exec(source);
      if (close === null) return fault(tag.start, '{% raw %} has no {% endraw %}');
      take(source.slice(tag.end, close.index));
      if (close[1] === '-') trimLast(output);
      trimNext = close[2] === '-';
      end = close.index + close[0].length;
    }
    position = end;
  }
  take(source.slice(position));
  return { text: output.join('') };
}

const rawEnd = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const closing = { '{{': '}}', '{%': '%}', '{#': '#}' } as const;

interface Tag {
  readonly open: keyof typeof closing;
  readonly start: number;
  /** After the closing mark; undefined where there is none. */
  readonly end: number | undefined;
  readonly inner: string;
  readonly trimBefore: boolean;
  readonly trimAfter: boolean;
}

function nextTag(source: string, from: number): Tag | undefined {
  const opening = /\{[{%#]/g;
  opening.lastIndex = from;
  const found = opening.exec(source);
  if (found === null) return undefined;
  const open = found[0] as keyof typeof closing;
  const start = found.index;
  const close = closingMark(source, start + 2, open);
  if (close === undefined) return { open, start, end: undefined, inner: '', trimBefore: false, trimAfter: false };
  const whole = source.slice(start + 2, close);
  const trimBefore = whole.startsWith('-');
  const trimAfter = whole.endsWith('-') && whole.length > 1;
  const inner = whole.slice(trimBefore || whole.startsWith('+') ? 1 : 0, trimAfter ? -1 : undefined);
  return { open, start, end: close + 2, inner, trimBefore, trimAfter };
}

/** Where the closing mark begins; one inside a string literal does not count. */
function closingMark(source: string, from: number, open: keyof typeof closing): number | undefined {
  const close = closing[open];
  if (open === '{#') {
    const at = source.indexOf(close, from);
    return at < 0 ? undefined : at;
  }
  let quote: string | undefined;
  for (let at = from; at < source.length; at++) {
    const character = source[at];
    if (quote !== undefined) {
      if (character === '\\') at++;
      else if (character === quote) quote = undefined;
    } else if (character === '"' || character === "'") quote = character;
    else if (source.startsWith(close, at)) return at;
  }
  return undefined;
}

function expression(inner: string, variables: Readonly<Record<string, string>>): string | undefined {
  const text = inner.trim();
  if (Object.hasOwn(variables, text)) return variables[text];
  const literal = /^(?:"((?:[^"\\]|\\["'\\])*)"|'((?:[^'\\]|\\["'\\])*)')$/s.exec(text);
  return (literal?.[1] ?? literal?.[2])?.replaceAll(/\\(.)/gs, '$1');
}

function trimLast(output: string[]): void {
  while (output.length > 0) {
    const last = output.pop() ?? '';
    const trimmed = last.trimEnd();
    if (trimmed !== '') {
      output.push(trimmed);
      return;
    }
  }
}
