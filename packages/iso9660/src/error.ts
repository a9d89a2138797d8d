/** The facts that travel with an error: what a program can act on, and what tells a person the next step. */
export interface IsoErrorFacts {
  /** What to do about it, as one sentence. */
  readonly help?: string;
  /** The file that the error speaks of: a path on disk, or inside the image. */
  readonly path?: string;
  /** The digest that the content should have had. */
  readonly digest?: string;
  readonly cause?: unknown;
}

/** An error of this package. `code` is stable and listed in docs/errors.md; the message may change. */
export class IsoError extends Error {
  override readonly name = 'IsoError';
  readonly code: `INGOT_ISO_${string}`;
  readonly help: string | undefined;
  readonly path: string | undefined;
  readonly digest: string | undefined;

  constructor(code: `INGOT_ISO_${string}`, message: string, facts: IsoErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.help = facts.help;
    this.path = facts.path;
    this.digest = facts.digest;
  }
}
