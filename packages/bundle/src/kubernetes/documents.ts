/** A part of a file that Kubernetes' readers take as one object. Offsets in UTF-16 code units of the whole text. */
export interface DocumentText {
  readonly start: number;
  readonly end: number;
  readonly syntax: 'yaml' | 'json';
}

/** Why the rest of the file is not read. */
export interface SplitProblem {
  readonly message: string;
  readonly offset: number;
}

export interface SplitText {
  readonly documents: readonly DocumentText[];
  readonly problem?: SplitProblem;
}

/** How far readers look for a brace, in bytes: apimachinery pkg/util/yaml GuessJSONStream, as cli-runtime calls it. */
const jsonWindow = 4096;

/**
 * The documents of a file as apimachinery's YAMLOrJSONDecoder divides them (pkg/util/yaml/decoder.go): JSON objects one
 * after the other where the file begins with a brace, else YAML divided at lines that begin with `---`, which may have
 * a comment after it and nothing else.
 */
export function splitDocuments(text: string): SplitText {
  if (!/^\s*\{/.test(text.slice(0, jsonWindow))) return splitYaml(text);
  return splitJson(text) ?? splitYaml(text);
}

function splitYaml(text: string): SplitText {
  const documents: DocumentText[] = [];
  let start = 0;
  const close = (end: number): void => {
    if (end > start) documents.push({ start, end, syntax: 'yaml' });
  };
  for (const { index, 1: rest = '' } of text.matchAll(/^---(.*)$/gm)) {
    // A line ends with \n (or \r\n) for these readers; JavaScript's $ knows others.
    if (index > 0 && text[index - 1] !== '\n') continue;
    if (/^\s*[^\s#]/.test(rest)) {
      const message = 'after the three dashes that divide documents, only a comment may follow on the line';
      return { documents, problem: { message, offset: index } };
    }
    close(index);
    const line = text.indexOf('\n', index);
    start = line < 0 ? text.length : line + 1;
  }
  close(text.length);
  return { documents };
}

/** Undefined where already the first object is no JSON: then it may be YAML in braces. */
function splitJson(text: string): SplitText | undefined {
  const documents: DocumentText[] = [];
  for (let start = skipBlanks(text, 0); start < text.length;) {
    const end = endOfJson(text, start);
    try {
      JSON.parse(text.slice(start, end));
    } catch (cause) {
      if (documents.length === 0) return undefined;
      const what = text.startsWith('---', start) ? 'objects in JSON follow each other without ---' : String(cause);
      return { documents, problem: { message: `after an object in JSON: ${what}`, offset: start } };
    }
    documents.push({ start, end, syntax: 'json' });
    start = skipBlanks(text, end);
  }
  return { documents };
}

function skipBlanks(text: string, from: number): number {
  let position = from;
  while (/\s/.test(text[position] ?? '')) position += 1;
  return position;
}

/** After the brace that ends the object that begins here; the text's end where there is none. */
function endOfJson(text: string, start: number): number {
  if (text[start] !== '{') return text.length;
  const marks = /[{}"]|\\./gs;
  marks.lastIndex = start;
  let depth = 0;
  let quoted = false;
  for (let match = marks.exec(text); match; match = marks.exec(text)) {
    const [mark] = match;
    if (mark === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (mark === '{') depth += 1;
    else if (mark === '}' && --depth === 0) return marks.lastIndex;
  }
  return text.length;
}
