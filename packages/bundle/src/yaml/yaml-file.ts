import { isMap, isScalar, LineCounter, parseAllDocuments, visit, type Document, type Node, type Pair } from 'yaml';

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
/** How often aliases may be used before the file counts as an attack on memory. */
const mostAliases = 100;

/**
 * Reads a file as `Unmarshal` of sigs.k8s.io/yaml does: YAML 1.1, the first document alone, the last of equal keys.
 * Never throws.
 */
export function readYamlFile(path: string, content: Uint8Array): YamlFile {
  const unread = (message: string, at = `${path}:1:1`): YamlFile => ({
    path,
    value: undefined,
    problem: { message, path: at },
    remarks: [],
    place: () => at,
  });
  if (content.length > largestYamlFile) return unread(`the file has ${content.length} bytes`);
  const text = decode(content);
  if (text === undefined) return unread('the file is not UTF-8');
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
    uniqueKeys: false,
    // go-yaml has neither times such as 22:22 nor, in values without a type, dates: both are texts.
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === 'string' || !(tag.tag.endsWith(':timestamp') || isTime(tag))),
  }) as readonly Document.Parsed[];
  const [document, next] = documents;
  if (document === undefined) return { path, value: null, problem: undefined, remarks: [], place: () => at(0) };
  const [error] = document.errors;
  if (error) return unread(error.message.replace(/\s+/g, ' '), at(error.pos[0]));
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases });
  } catch (cause) {
    return unread((cause as Error).message, at(document.range[0]));
  }
  const more =
    next === undefined ? [] : [{ message: 'a document after the first is not read', path: at(next.range[0]) }];
  return {
    path,
    value,
    problem: undefined,
    remarks: [...repeatedKeys(document, at), ...more],
    place: (...keys) => at(offsetOf(document, keys) ?? document.range[0]),
  };
}

function isTime(tag: object): boolean {
  return 'format' in tag && tag.format === 'TIME';
}

function repeatedKeys(document: Document.Parsed, at: (offset: number) => string): YamlRemark[] {
  const found: YamlRemark[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<string>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        // Several merges are usual.
        if (seen.has(name) && name !== '<<') {
          found.push({ message: `${JSON.stringify(name)} is there again: the last one counts`, path: at(start(key)) });
        }
        seen.add(name);
      }
    },
  });
  return found;
}

/** Where the value at the path is written: its key in a map, itself in a list; else where the nearest above it is. */
function offsetOf(document: Document.Parsed, keys: readonly (string | number)[]): number | undefined {
  for (let length = keys.length; length > 0; length -= 1) {
    const parent = length === 1 ? document.contents : document.getIn(keys.slice(0, length - 1), true);
    const last = String(keys[length - 1]);
    const pair = isMap(parent) ? findPair(parent.items, last) : undefined;
    const node = pair ? pair.key : isMap(parent) ? undefined : document.getIn(keys.slice(0, length), true);
    const range = (node as Node | undefined)?.range;
    if (range) return range[0];
  }
  return document.contents?.range?.[0];
}

/** The last of them: the one that counts. */
function findPair(items: readonly Pair[], name: string): Pair | undefined {
  return items.findLast(({ key }) => isScalar(key) && String(key.value) === name);
}

function start(node: Node): number {
  return node.range?.[0] ?? 0;
}

function decode(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}
