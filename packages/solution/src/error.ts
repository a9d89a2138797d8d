/** What travels with an error beside its message. */
export interface SolutionErrorFacts {
  readonly help?: string;
  readonly path?: string;
  readonly digest?: string;
  readonly cause?: unknown;
}

/** An error of planning, packing or verifying a Solution. `code` is stable and listed in docs/errors.md. */
export class SolutionError extends Error {
  override readonly name = 'SolutionError';
  readonly code: `INGOT_${string}`;
  readonly help: string | undefined;
  readonly path: string | undefined;
  readonly digest: string | undefined;

  constructor(code: `INGOT_${string}`, message: string, facts: SolutionErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.help = facts.help;
    this.path = facts.path;
    this.digest = facts.digest;
  }
}
