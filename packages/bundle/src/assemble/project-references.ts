import { isScalar, LineCounter, parseDocument, visit, type Node, type Pair, type Scalar } from 'yaml';
import { splitDocuments } from '../kubernetes/documents.ts';
import { largestDocument } from '../kubernetes/manifest.ts';
import { mentionedProjects } from './mentioned-projects.ts';

/** A scalar of a manifest that names the image of a project: `project:hello-server`. */
export interface ProjectReference {
  /** The project's name. */
  readonly project: string;
  /** What is wanted of it, unchecked: `reference` (by digest), or what stands behind `#`. */
  readonly part: string;
  /** The nearest key above it; empty where there is none. */
  readonly key: string;
  /** Where the scalar lies in the text, quotes left out; undefined: it is written otherwise than it reads. */
  readonly range: readonly [start: number, end: number] | undefined;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

/** A document that names projects, and that no parser takes. */
export interface Unreadable {
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

export interface ProjectReferences {
  readonly references: readonly ProjectReference[];
  readonly unreadable: Unreadable | undefined;
}

/** Names as projects of Nx have them: `project:http_requests:rate5m` of a metric is none. */
const grammar = /^project:([\w@][\w.@/-]*)(?:#(\S*))?$/;

/**
 * The values in YAML documents, or JSON, that name a project's image, in their order. `project:NAME` stands for
 * `repository@digest`; `project:NAME#repository`, `#digest` and `#version` for what charts take in parts. Documents that
 * are too large for any cluster are passed over.
 */
export function projectReferences(text: string): ProjectReferences {
  const references: ProjectReference[] = [];
  if (!text.includes('project:')) return { references, unreadable: undefined };
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  for (const { start, end } of splitDocuments(text).documents) {
    const document = text.slice(start, end);
    if (mentionedProjects(document).length === 0 || Buffer.byteLength(document) > largestDocument) continue;
    // Of keys that are there twice others speak; to look for them takes the square of their number.
    const parsed = parseDocument(document, { prettyErrors: false, logLevel: 'silent', uniqueKeys: false });
    const [error] = parsed.errors;
    if (error !== undefined) {
      return { references, unreadable: { message: error.message, ...placeOf(start + error.pos[0], lines) } };
    }
    visit(parsed, {
      Scalar(key, node, path) {
        const found = key === 'key' ? undefined : referenceOf(node, document, keyAbove(path));
        if (!found) return;
        const { offset, range, ...rest } = found;
        const moved = range && ([range[0] + start, range[1] + start] as const);
        references.push({ ...rest, range: moved, ...placeOf(start + offset, lines) });
      },
    });
  }
  return { references, unreadable: undefined };
}

function referenceOf(node: Scalar, text: string, key: string) {
  if (typeof node.value !== 'string' || !node.range) return undefined;
  const [, project, part = 'reference'] = grammar.exec(node.value) ?? [];
  if (project === undefined) return undefined;
  const [offset] = node.range;
  const start = offset + (text[offset] === '"' || text[offset] === "'" ? 1 : 0);
  const end = start + node.value.length;
  return {
    project,
    part,
    key,
    offset,
    range: text.slice(start, end) === node.value ? ([start, end] as const) : undefined,
  };
}

function keyAbove(path: readonly unknown[]): string {
  const pair = path.findLast((each): each is Pair => typeof each === 'object' && each !== null && 'key' in each);
  const key = pair?.key as Node | undefined;
  return isScalar(key) ? String(key.value) : '';
}

function placeOf(offset: number, lines: LineCounter): { line: number; column: number } {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/** The text with each range replaced, and nothing else changed: comments, quotes and blanks stay. */
export function replaceRanges(
  text: string,
  replacements: readonly { readonly range: readonly [start: number, end: number]; readonly text: string }[],
): string {
  let end = 0;
  const parts: string[] = [];
  for (const { range, text: replacement } of replacements) {
    parts.push(text.slice(end, range[0]), replacement);
    end = range[1];
  }
  return parts.join('') + text.slice(end);
}
