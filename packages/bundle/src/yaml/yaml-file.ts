import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import { lexicalProblem } from '../kubernetes/lexical.ts';
import { offsetOf } from '../kubernetes/place.ts';
import { valueOf, ValueProblem, type DocumentValue, type Expansion } from '../kubernetes/value.ts';

/** Something about a file, and where: `path:line:column`. */
export interface YamlRemark {
  readonly message: string;
  readonly path: string;
}

/** A file that holds one value, where a manifest holds objects: Chart.yaml, values.yaml, annotations.yaml. */
export interface YamlFile {
  readonly path: string;
  /** Null for an empty file, undefined for one that cannot be read. */
  readonly value: unknown;
  /** Why it cannot be read. */
  readonly problem: YamlRemark | undefined;
  /** What readers pass over in silence: keys that are written twice, documents after the first. */
  readonly remarks: readonly YamlRemark[];
  /** `path:line:column` of what stands there, or of the nearest that does. */
  place(...keys: readonly (string | number)[]): string;
}

/** In bytes: what a Secret of Kubernetes takes, in which Helm stores what it installs. */
const largestYamlFile = 1024 * 1024;

/**
 * Reads a file as `Unmarshal` of sigs.k8s.io/yaml does: as parseManifest reads a document, but the first one alone,
 * whatever it holds. `expansion`: shared by files that are kept together. Never throws.
 */
export function readYamlFile(path: string, content: Uint8Array, expansion?: Expansion): YamlFile {
  const start = `${path}:1:1`;
  if (content.length > largestYamlFile) return unread(path, `the file has ${content.length} bytes`, start);
  const text = decode(content);
  if (text === undefined) return unread(path, 'the file is not UTF-8', start);
  const at = placesIn(path, text);
  // First of all: it knows what the parser would overflow the stack with.
  const lexical = lexicalProblem(text);
  if (lexical) return unread(path, lexical.message, at(lexical.offset));
  const [document, next] = parseAllDocuments(text, {
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  }) as readonly Document.Parsed[];
  if (document === undefined) return { ...unread(path, '', start), value: null, problem: undefined };
  const [error] = document.errors;
  if (error) return unread(path, error.message.replace(/\s+/g, ' '), at(error.pos[0]));
  let read: DocumentValue;
  try {
    read = valueOf(document, expansion);
  } catch (cause) {
    if (!(cause instanceof ValueProblem)) throw cause;
    return unread(path, cause.message, at(cause.offset ?? document.range[0]));
  }
  const repeated = read.duplicates.map((key) => ({
    message: `${String(key.value)} is there twice: the last counts`,
    path: at(key.range?.[0] ?? 0),
  }));
  const more =
    next === undefined ? [] : [{ message: 'a document after the first is not read', path: at(next.range[0]) }];
  return {
    path,
    value: read.value,
    problem: undefined,
    remarks: [...repeated, ...more],
    place: (...keys) => at(offsetOf(document, read.targets, keys)),
  };
}

function placesIn(path: string, text: string): (offset: number) => string {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
}

function unread(path: string, message: string, at: string): YamlFile {
  return { path, value: undefined, problem: { message, path: at }, remarks: [], place: () => at };
}

function decode(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
