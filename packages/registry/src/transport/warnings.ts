import { headersNamed } from './answer.ts';
import type { Answer } from './answer.ts';

/** The warnings of an answer: `Warning: 299 - "text"`. OCI distribution-spec § Warnings. */
export function warningsOf(answer: Pick<Answer, 'headers'>): readonly string[] {
  return headersNamed(answer, 'warning').flatMap((header) => {
    const text = /^299 - "((?:[^"\\]|\\.)*)"/.exec(header.slice(0, 4096))?.[1];
    return text === undefined ? [] : [text.replace(/\\(.)/g, '$1').replace(/\p{C}+/gu, ' ')];
  });
}

/** Tells each text once. */
export function onceEach(tell: ((text: string) => void) | undefined): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text) || told.size >= 100) return;
    told.add(text);
    tell?.(text);
  };
}
