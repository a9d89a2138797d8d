/**
 * What is wrong with a value, and what to do about it. The format's checks return problems rather than throw, so that
 * whoever read the value can say where it stands.
 */
export interface Problem {
  /** Stable, listed in docs/errors.md. */
  readonly code: `INGOT_${string}`;
  readonly message: string;
  readonly help: string;
  /** Where in the checked text, counted from 1; absent where the whole text is meant. */
  readonly line?: number;
  readonly column?: number;
}

/** A value as a message shows it: quoted, and cut where it is long. */
export function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 80 ? text : `${text.slice(0, 76)}…${text.endsWith('"') ? '"' : ''}`;
}
