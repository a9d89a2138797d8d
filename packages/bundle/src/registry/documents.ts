/** A document of a file of manifests, as rukpak's converter reads it: a List is not taken apart, and none is left out. */
export interface RawDocument {
  /** Counted from 1: where it begins. */
  readonly line: number;
  readonly text: string;
}

/**
 * The documents between lines `---`, as the YAMLReader of k8s.io/apimachinery (pkg/util/yaml/decoder.go) gives them: a
 * separator before anything else belongs to the document, one at the end begins none.
 */
export function rawDocuments(text: string): RawDocument[] {
  const documents: RawDocument[] = [];
  let held: string[] = [];
  let begin = 1;
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  for (const [at, line] of lines.entries()) {
    if (held.length > 0 && /^---[\t\v\f\r ]*(#.*)?$/.test(line)) {
      documents.push({ line: begin, text: held.join('\n') });
      held = [];
      continue;
    }
    if (held.length === 0) begin = at + 1;
    held.push(line);
  }
  if (held.length > 0) documents.push({ line: begin, text: held.join('\n') });
  return documents;
}

/** Whether there is nothing in it but comments and marks. */
export function isEmptyDocument({ text }: RawDocument): boolean {
  return text.split('\n').every((line) => /^(---|\.\.\.)?\s*(null|~)?\s*(#.*)?$/.test(line.trim()));
}
