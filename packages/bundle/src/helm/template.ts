/** What the engine of Go's templates refuses before anything is rendered. */
export interface TemplateProblem {
  readonly message: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
}

interface Action {
  readonly offset: number;
  /** What stands between the braces, without comments. */
  readonly words: readonly string[];
}

const openers = new Set(['if', 'range', 'with', 'block', 'define']);

/**
 * The first action that is not closed, or block without its `end`, in a template (text/template/parse: lex.go,
 * parse.go). What functions and values there are, only rendering can tell. Undefined where nothing is wrong.
 */
export function templateProblem(text: string): TemplateProblem | undefined {
  const at = (offset: number, message: string): TemplateProblem => {
    const before = text.slice(0, offset);
    return { message, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
  };
  const open: Action[] = [];
  for (const action of actions(text)) {
    if (typeof action === 'number') return at(action, '{{ is not closed by }}');
    const [word] = action.words;
    if (word === undefined) continue;
    if (openers.has(word)) open.push(action);
    else if (word === 'else' && !['if', 'range', 'with'].includes(open.at(-1)?.words[0] ?? '')) {
      return at(action.offset, '{{ else }} without an if, range or with');
    } else if (word === 'end' && open.pop() === undefined) return at(action.offset, '{{ end }} closes nothing');
  }
  const [left] = open;
  return left && at(left.offset, `{{ ${left.words[0]} }} has no {{ end }}`);
}

/** Each action; the offset of one that is not closed, as the last. */
function* actions(text: string): Generator<Action | number> {
  for (let from = 0; ;) {
    const offset = text.indexOf('{{', from);
    if (offset < 0) return;
    const end = endOf(text, offset);
    if (end === undefined) {
      yield offset;
      return;
    }
    const inside = text.slice(offset + 2, end - 2).replace(/^-\s/, '');
    const words = inside.trimStart().startsWith('/*') ? [] : /^\s*([a-z]+)/.exec(inside);
    yield { offset, words: words?.slice(1) ?? [] };
    from = end;
  }
}

const commentStart = /^\{\{(?:-\s+)?\/\*/;
const commentEnd = /^\*\/(?:\s+-)?\}\}/;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`|'(?:[^'\\\n]|\\[^\n])*'/y;

/** Behind the braces that close the action; those in texts and comments close nothing. */
function endOf(text: string, offset: number): number | undefined {
  if (commentStart.test(text.slice(offset, offset + 64))) {
    const close = text.indexOf('*/', offset);
    const found = close < 0 ? null : commentEnd.exec(text.slice(close, close + 64));
    return found ? close + found[0].length : undefined;
  }
  for (let at = offset + 2; at < text.length;) {
    if (text.startsWith('}}', at)) return at + 2;
    if ('"`\''.includes(text[at]!)) {
      quoted.lastIndex = at;
      if (!quoted.test(text)) return undefined;
      at = quoted.lastIndex;
    } else at += 1;
  }
  return undefined;
}
