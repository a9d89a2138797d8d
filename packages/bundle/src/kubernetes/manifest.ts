import { isMap, isScalar, LineCounter, parseAllDocuments, visit, type Document, type Node, type Scalar } from 'yaml';

/** Why a file cannot be read as Kubernetes' readers read it. */
export interface ManifestProblem {
  readonly kind: 'encoding' | 'syntax' | 'aliases' | 'size' | 'value';
  readonly message: string;
  /** `path:line:column`. */
  readonly path: string;
}

/** One object of a manifest; the items of a List are objects of their own, as `kubectl` has it. */
export interface ManifestObject {
  /** Of the file. */
  readonly file: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** `path:line:column` of what stands there, or of the nearest that does: `place('spec', 'names', 'kind')`. */
  place(...keys: readonly (string | number)[]): string;
}

/** A file of manifests: YAML documents or JSON. */
export interface Manifest {
  readonly path: string;
  readonly objects: readonly ManifestObject[];
  readonly problems: readonly ManifestProblem[];
}

/** In bytes. etcd takes requests of 1.5 MiB, and Helm's releases, which rukpak stores a bundle in, Secrets of 1 MiB. */
export const largestDocument = 1024 * 1024;

/** How often aliases (`*name`) may be used before the file counts as an attack on memory. */
const mostAliases = 100;

/**
 * Reads a manifest as Kubernetes' tools do (sigs.k8s.io/yaml: YAML 1.1, where `yes` and `on` are booleans); documents
 * that hold nothing but comments are passed over. Never throws: what is wrong is among the problems.
 */
export function parseManifest(path: string, content: Uint8Array): Manifest {
  const text = decode(content);
  if (text === undefined) {
    return {
      path,
      objects: [],
      problems: [{ kind: 'encoding', message: 'the file is not UTF-8', path: `${path}:1:1` }],
    };
  }
  const lines = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const documents = parseAllDocuments(text, {
    version: '1.1',
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    // go-yaml has neither of the two: 22:22 is a text there.
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !('format' in tag) || tag.format !== 'TIME'),
  });
  const objects: ManifestObject[] = [];
  const problems: ManifestProblem[] = [];
  // An empty list with errors of its own is a stream without a document.
  for (const document of documents as readonly Document.Parsed[]) {
    const read = readDocument(document, path, text, at);
    objects.push(...read.objects);
    problems.push(...read.problems);
  }
  return { path, objects, problems };
}

type Read = Pick<Manifest, 'objects' | 'problems'>;

function readDocument(document: Document.Parsed, path: string, text: string, at: (offset: number) => string): Read {
  const start = document.contents?.range?.[0] ?? document.range[0];
  const wrong = (kind: ManifestProblem['kind'], message: string, offset = start): Read => ({
    objects: [],
    problems: [{ kind, message, path: at(offset) }],
  });
  const [error] = document.errors;
  if (error) return wrong('syntax', error.message.replace(/\s+/g, ' '), error.pos[0]);
  const size = Buffer.byteLength(text.slice(document.range[0], document.range[2]));
  if (size > largestDocument) return wrong('size', `the document has ${size} bytes`);
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { objects: [], problems: [] };
  }
  if (!isMap(document.contents)) return wrong('value', 'the document is no object, which has apiVersion and kind');
  const keyless = keyWithoutText(document);
  if (keyless) return wrong('value', 'a key is no text', keyless.range?.[0]);
  let value: Record<string, unknown>;
  try {
    value = document.toJS({ maxAliasCount: mostAliases }) as Record<string, unknown>;
  } catch (cause) {
    return wrong('aliases', (cause as Error).message);
  }
  const objectAt = (inside: readonly (string | number)[], each: Record<string, unknown>): ManifestObject => ({
    file: path,
    value: each,
    place: (...keys) => at(offsetOf(document, [...inside, ...keys]) ?? start),
  });
  if (!isList(value)) return { objects: [objectAt([], value)], problems: [] };
  const items = value['items'] as unknown[];
  const bad = items.findIndex((item) => typeof item !== 'object' || item === null || Array.isArray(item));
  if (bad >= 0) return wrong('value', `items[${bad}] of the list is no object`, offsetOf(document, ['items', bad]));
  return { objects: items.map((item, i) => objectAt(['items', i], item as Record<string, unknown>)), problems: [] };
}

function isList({ kind, items }: Readonly<Record<string, unknown>>): boolean {
  return typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items);
}

/** JSON, which every manifest becomes, knows texts as keys alone; numbers and booleans are written out. */
function keyWithoutText(document: Document.Parsed): Node | undefined {
  let found: Node | undefined;
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && key.value !== null) return undefined;
      found = key as Node;
      return visit.BREAK;
    },
  });
  return found;
}

/** Where the value at the path is written: its key in a map, itself in a list; else where the nearest above it is. */
function offsetOf(document: Document.Parsed, keys: readonly (string | number)[]): number | undefined {
  for (let length = keys.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1), true);
    const last = keys[length - 1]!;
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(last));
      const offset = (pair?.key as Scalar | undefined)?.range?.[0];
      if (offset !== undefined) return offset;
      continue;
    }
    const node = document.getIn(keys.slice(0, length), true) as Node | undefined;
    if (node?.range) return node.range[0];
  }
  return document.contents?.range?.[0];
}

function decode(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
