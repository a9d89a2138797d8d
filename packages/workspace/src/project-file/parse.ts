import { LineCounter, parseDocument, type YAMLError } from 'yaml';
import { ProjectError, throwErrors, type Place } from '../error.ts';
import { claimOf, isOurKind } from './claim.ts';
import { inOrder, schemaErrors, type Schema } from './schema.ts';
import { SourceTree, type Path } from './tree.ts';

/** A project file is written by hand; what is larger than this is something else. In characters. */
const LIMIT = 1024 * 1024;
/** How often aliases (`*name`) may be used before the file counts as an attack on memory. */
const MAX_ALIASES = 100;

export interface ParseOptions {
  readonly text: string;
  /** Names the file in errors; best absolute, `formatError` shortens it. */
  readonly file: string;
  /** `image/v1`. */
  readonly kind: string;
  readonly schema: Schema;
}

/** A project file that follows its schema, and where everything in it was written. */
export interface ProjectFile<T> {
  readonly file: string;
  readonly value: T;
  /** Where a key or list item begins: `['images', 0, 'from']`; where that isn't there, its nearest parent. */
  place(path: Path): Place;
  /** The value as it stands in the text: `1.0`, `"1.0"`, `0755`. */
  source(path: Path): string | undefined;
  /** A scalar as text: a string's value; a number or boolean as it was written. */
  text(path: Path): string | undefined;
}

/**
 * Reads a project file. Undefined where its first key is not `ingot` with this kind: the file is not ours.
 * Throws a ProjectError, or an AggregateError of all that is wrong in the file:
 * INGOT_FILE_TOO_LARGE, INGOT_FILE_VERSION, INGOT_YAML_SYNTAX, INGOT_YAML_ALIASES, INGOT_FILE_KEY_UNKNOWN,
 * INGOT_FILE_KEY_MISSING, INGOT_FILE_TYPE, INGOT_FILE_VALUE.
 */
export function parseProjectFile<T>(options: ParseOptions): ProjectFile<T> | undefined {
  const { text, file, kind, schema } = options;
  const claim = claimOf(text);
  const [ourKind = '', ourVersion] = kind.split('/', 2);
  if (!claim || !isOurKind(claim, ourKind)) return undefined;
  checkSize(text, file);

  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, stringKeys: true, version: '1.2' });
  const tree = new SourceTree(document, lines, text, file);
  throwErrors(inOrder([...document.errors, ...document.warnings].map((error) => syntaxError(error, text, tree))));
  if (claim.kind !== ourKind || claim.version !== ourVersion) throw versionError(claim, kind, tree);

  const value = plainValue(document, tree);
  throwErrors(schemaErrors(value, schema, tree));
  return {
    file,
    value: value as T,
    place: (path) => tree.place(path),
    source: (path) => tree.source(path),
    text: (path) => tree.text(path),
  };
}

function checkSize(text: string, file: string): void {
  if (text.length <= LIMIT) return;
  throw new ProjectError('INGOT_FILE_TOO_LARGE', `the file has over ${LIMIT} characters; project files are small`, {
    path: file,
  });
}

function versionError(claim: { kind: string; version: string }, kind: string, tree: SourceTree): ProjectError {
  const written = claim.version === '' ? claim.kind : `${claim.kind}/${claim.version}`;
  return new ProjectError('INGOT_FILE_VERSION', `unknown format "${written}"; did you mean "${kind}"?`, {
    place: tree.place(['ingot']),
    help: `this version of Ingot reads ${kind}; a newer format needs a newer Ingot`,
  });
}

function syntaxError(error: YAMLError, text: string, tree: SourceTree): ProjectError {
  return new ProjectError('INGOT_YAML_SYNTAX', syntaxMessage(error, text), { place: tree.at(error.pos[0]) });
}

function syntaxMessage(error: YAMLError, text: string): string {
  if (error.code === 'DUPLICATE_KEY') {
    const key = /^[^\s:]*/.exec(text.slice(error.pos[0]))?.[0] ?? '';
    return `the key "${key}" is there twice`;
  }
  if (error.code === 'MULTIPLE_DOCS') return 'a project file is one YAML document; here begins a second one';
  return error.message.replace(/\s+/g, ' ');
}

/** Throws INGOT_YAML_ALIASES where a few aliases would grow into gigabytes. */
function plainValue(document: ReturnType<typeof parseDocument>, tree: SourceTree): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw new ProjectError('INGOT_YAML_ALIASES', `aliases: ${(cause as Error).message}`, {
      place: tree.place([]),
      help: 'write the values out, without anchors (&) and aliases (*)',
      cause,
    });
  }
}
