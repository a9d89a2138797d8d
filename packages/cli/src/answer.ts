import { printable } from '@ingot/workspace';
import { jsonText } from './json.ts';
import type { Terminal, VerbOption, VerbValues } from './verb.ts';

export const jsonOption: VerbOption = { type: 'boolean', help: 'the result as JSON' };

/** Writes a result to stdout: its lines, or with --json the value. Nothing of it steers a terminal. */
export function answer(
  { stdout }: Pick<Terminal, 'stdout'>,
  { json }: VerbValues,
  value: unknown,
  lines: readonly string[],
): void {
  if (json === true) return answerJson({ stdout }, value);
  // A name with a line end would pass for two.
  for (const line of lines) stdout.write(`${printable(line.replaceAll(/[\n\t]/g, ' '))}\n`);
}

export function answerJson({ stdout }: Pick<Terminal, 'stdout'>, value: unknown): void {
  stdout.write(`${jsonText(value)}\n`);
}
