/** The facts that travel with an error: what a program can act on, and what tells a person the next step. */
export interface RegistryErrorFacts {
  /** What to do about it, as one sentence. */
  readonly help?: string;
  /** The file that the error speaks of. */
  readonly path?: string;
  /** The digest of the blob or manifest that the error speaks of. */
  readonly digest?: string;
  /** The status of the registry's answer. */
  readonly status?: number;
  /** The registry's own code, e.g. DIGEST_INVALID. OCI distribution-spec § Error Codes. */
  readonly reason?: string;
  readonly cause?: unknown;
}

/**
 * An error of this package. `code` is stable and listed in docs/errors.md; the message may change. No fact of it ever
 * holds a secret.
 */
export class RegistryError extends Error {
  override readonly name = 'RegistryError';
  readonly code: `INGOT_${string}`;
  readonly help: string | undefined;
  readonly path: string | undefined;
  readonly digest: string | undefined;
  readonly status: number | undefined;
  readonly reason: string | undefined;

  constructor(code: `INGOT_${string}`, message: string, facts: RegistryErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.help = facts.help;
    this.path = facts.path;
    this.digest = facts.digest;
    this.status = facts.status;
    this.reason = facts.reason;
  }
}
