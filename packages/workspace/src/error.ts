/** A position in a text file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The facts that travel with a ProjectError. */
export interface ProjectErrorFacts {
  readonly place?: Place;
  /** What to do about it, a line or several. */
  readonly help?: string;
  /** The file that the error speaks of, where there is no place in it. */
  readonly path?: string;
  readonly digest?: string;
  readonly cause?: unknown;
}

/** An error in what the author of a project wrote or asked for. `code` is stable and listed in docs/errors.md. */
export class ProjectError extends Error {
  override readonly name = 'ProjectError';
  readonly code: `INGOT_${string}`;
  readonly place: Place | undefined;
  readonly help: string | undefined;
  readonly path: string | undefined;
  readonly digest: string | undefined;

  constructor(code: `INGOT_${string}`, message: string, facts: ProjectErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.place = facts.place;
    this.help = facts.help;
    this.path = facts.path;
    this.digest = facts.digest;
  }
}

/** Throws nothing for no errors, the error itself for one, and an AggregateError for several. */
export function throwErrors(errors: readonly Error[]): void {
  const [first] = errors;
  if (errors.length === 1 && first) throw first;
  if (errors.length > 1) throw new AggregateError(errors, `${errors.length} errors`);
}
