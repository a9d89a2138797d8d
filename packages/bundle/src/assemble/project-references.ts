import { isScalar, LineCounter, parseAllDocuments, visit, type Scalar } from 'yaml';

/** A scalar of a manifest that names the image of a project: `project:hello-server`. */
export interface ProjectReference {
  /** The project's name. */
  readonly project: string;
  /** What is wanted of it, unchecked: `reference` (by digest), or what stands behind `#`. */
  readonly part: string;
  /** Where the scalar lies in the text, quotes left out. */
  readonly start: number;
  readonly end: number;
  /** From 1. */
  readonly line: number;
  readonly column: number;
}

const grammar = /^project:([^\s#]+)(?:#(\S*))?$/;

/**
 * The values in YAML documents that name a project's image, in their order; none in a text that no parser takes (others
 * report that). `project:NAME` stands for `repository@digest`; `project:NAME#repository`, `#digest` and `#version` for
 * what charts take in parts.
 */
export function projectReferences(text: string): ProjectReference[] {
  if (!text.includes('project:')) return [];
  const lines = new LineCounter();
  const options = { lineCounter: lines, prettyErrors: false, logLevel: 'silent' } as const;
  const found: ProjectReference[] = [];
  for (const document of parseAllDocuments(text, options)) {
    if (document.errors.length > 0) return [];
    visit(document, {
      Scalar(key, node) {
        const reference = key === 'key' ? undefined : referenceOf(node, text, lines);
        if (reference) found.push(reference);
      },
    });
  }
  return found;
}

function referenceOf(node: Scalar, text: string, lines: LineCounter): ProjectReference | undefined {
  if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined;
  const [, project, part = 'reference'] = grammar.exec(node.value) ?? [];
  if (project === undefined) return undefined;
  const [from] = node.range;
  const start = from + (text[from] === '"' || text[from] === "'" ? 1 : 0);
  // Block scalars and escapes are written otherwise than they read: nobody writes a reference so.
  if (text.slice(start, start + node.value.length) !== node.value) return undefined;
  const { line, col } = lines.linePos(from);
  return { project, part, start, end: start + node.value.length, line, column: col };
}

/** The text with each reference replaced, and nothing else changed: comments, quotes and blanks stay. */
export function replaceReferences(
  text: string,
  references: readonly ProjectReference[],
  replacement: (reference: ProjectReference) => string,
): string {
  let end = 0;
  const parts: string[] = [];
  for (const reference of references) {
    parts.push(text.slice(end, reference.start), replacement(reference));
    end = reference.end;
  }
  return parts.join('') + text.slice(end);
}
