import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import { splitDocuments, type DocumentText } from './documents.ts';
import { lexicalProblem, tokenProblem } from './lexical.ts';
import { objectsOf } from './objects.ts';
import { offsetOf } from './place.ts';
import { newExpansion, valueOf, ValueProblem, type DocumentValue, type Expansion } from './value.ts';

/** Why a file cannot be read as Kubernetes' readers read it; `duplicate` alone lets them read on. */
export interface ManifestProblem {
  readonly kind: 'encoding' | 'syntax' | 'aliases' | 'size' | 'value' | 'duplicate';
  readonly message: string;
  /** `path:line:column`. */
  readonly path: string;
}

/** One object of a manifest; the items of a List are objects of their own, as `kubectl` has it. */
export interface ManifestObject {
  /** Of the file. */
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** Whether it is an item of a List: rukpak's converter of registry+v1 takes no lists apart. */
  readonly inList: boolean;
  /** `path:line:column` of what stands there, or of the nearest that does: `place('spec', 'names', 'kind')`. */
  place(...keys: readonly (string | number)[]): string;
}

/** A file of manifests: YAML documents or JSON. */
export interface Manifest {
  readonly path: string;
  readonly objects: readonly ManifestObject[];
  readonly problems: readonly ManifestProblem[];
  /** `path:line:column` of each document that holds comments or blanks alone: most readers pass over them, not all. */
  readonly empty: readonly string[];
}

/** In bytes. etcd takes requests of 1.5 MiB, and Helm's releases, which rukpak stores a bundle in, Secrets of 1 MiB. */
export const largestDocument = 1024 * 1024;

/** In documents that are larger than that: commas, colons, brackets, ends of lines. A megabyte cannot have more. */
const mostMarks = 1024 * 1024;

export interface ManifestLimits {
  /** Default: a new one, for this file alone. */
  readonly expansion?: Expansion;
  /** Of one document, in bytes. Default: `largestDocument`. */
  readonly document?: number;
}

type Read = Omit<Manifest, 'path'>;
type Place = (offset: number) => string;

/**
 * Reads a manifest as Kubernetes' tools do: divided as apimachinery's YAMLOrJSONDecoder does it, each document read as
 * sigs.k8s.io/yaml reads it (YAML 1.1, where `yes` and `on` are booleans; of a key that is there twice the last counts),
 * Lists taken apart as cli-runtime's builder does. Tried against kubectl 1.32. Never throws: what is wrong is among the
 * problems, and the other documents are read all the same.
 */
export function parseManifest(path: string, content: Uint8Array, limits: ManifestLimits = {}): Manifest {
  const text = decode(content);
  if (text === undefined) {
    const problem = { kind: 'encoding', message: 'the file is not UTF-8', path: `${path}:1:1` } as const;
    return { path, objects: [], problems: [problem], empty: [] };
  }
  const place = placesIn(path, text);
  const { documents, problem } = splitDocuments(text);
  const { expansion = newExpansion(), document: largest = largestDocument } = limits;
  const reads = documents.map((document) => readDocument(document, { path, text, place, largest, expansion }));
  if (problem) reads.push(wrong('syntax', problem.message, place(problem.offset)));
  return {
    path,
    objects: reads.flatMap(({ objects }) => objects),
    problems: reads.flatMap(({ problems }) => problems),
    empty: reads.flatMap(({ empty }) => empty),
  };
}

interface Reader {
  readonly path: string;
  readonly text: string;
  readonly place: Place;
  readonly largest: number;
  readonly expansion: Expansion;
}

function readDocument({ start, end, syntax }: DocumentText, reader: Reader): Read {
  const { path, text, largest, expansion } = reader;
  // Tabs are blanks in JSON, and none in YAML; the texts of JSON have none.
  const source = syntax === 'json' ? text.slice(start, end).replaceAll('\t', ' ') : text.slice(start, end);
  const place: Place = (offset) => reader.place(start + offset);
  const size = Buffer.byteLength(source);
  if (size > largest) {
    return wrong('size', `the document has ${size} bytes, more than ${largest}`, place(0));
  }
  if (size > largestDocument && !isSparse(source)) {
    return wrong('size', `the document has ${size} bytes, of which more than ${mostMarks} divide values`, place(0));
  }
  const lexical = syntax === 'yaml' ? lexicalProblem(source) : tokenProblem(source);
  if (lexical) return wrong('syntax', lexical.message, place(lexical.offset));
  const [document, more] = parse(source);
  if (document === undefined) return { objects: [], problems: [], empty: [place(0)] };
  const [error] = document.errors;
  if (error) return wrong('syntax', error.message.replace(/\s+/g, ' '), place(error.pos[0]));
  const read = readValue(document, path, place, expansion);
  if (more === undefined) return read;
  // go-yaml reads one document, and passes over what is behind its end.
  const message = 'what comes after ... is not read; divide documents by ---';
  return { ...read, problems: [...read.problems, { kind: 'syntax', message, path: place(more.range[0]) }] };
}

/** Each value takes some hundred bytes to read: there may not be as many as there can be characters. */
function isSparse(source: string): boolean {
  let marks = 0;
  for (const mark of source.matchAll(/[,:\n[{]/g)) if (mark && ++marks > mostMarks) return false;
  return true;
}

function readValue(document: Document.Parsed, path: string, place: Place, expansion: Expansion): Read {
  const start = document.contents?.range?.[0] ?? document.range[0];
  let read: DocumentValue;
  try {
    read = valueOf(document, expansion);
  } catch (cause) {
    // Aliases can lie in each other as deep as brackets can.
    if (cause instanceof RangeError) return wrong('aliases', 'aliases lie in each other too deep', place(start));
    if (!(cause instanceof ValueProblem)) throw cause;
    return wrong(cause.kind, cause.message, place(cause.offset ?? start));
  }
  if (read.value === null) return { objects: [], problems: [], empty: [place(start)] };
  const placeOf = (keys: readonly (string | number)[]): string => place(offsetOf(document, read.targets, keys));
  const { objects, problems } = objectsOf(read.value, path, placeOf);
  const duplicates = read.duplicates.map((key) => ({
    kind: 'duplicate' as const,
    message: `${String(key.value)} is there twice: the last counts`,
    path: place(key.range?.[0] ?? start),
  }));
  return { objects, problems: [...problems, ...duplicates], empty: [] };
}

/** None where there are comments alone; the second is what follows `...`. */
function parse(source: string): Document.Parsed[] {
  const documents = parseAllDocuments(source, {
    // Scalars stay texts, for go-yaml has its own ideas of them.
    schema: 'failsafe',
    version: '1.1',
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  return [...(documents as readonly Document.Parsed[])];
}

function wrong(kind: ManifestProblem['kind'], message: string, path: string): Read {
  return { objects: [], problems: [{ kind, message, path }], empty: [] };
}

function placesIn(path: string, text: string): Place {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  return (offset) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
}

function decode(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
