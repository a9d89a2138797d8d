import { RegistryError } from '../error.ts';
import type { RegistryErrorFacts } from '../error.ts';

/** A failure that may pass: the same request is worth another attempt. */
export class TransientError extends RegistryError {
  /** In milliseconds, where the registry said how long to wait. */
  readonly retryAfter: number | undefined;

  constructor(code: `INGOT_${string}`, message: string, facts: RegistryErrorFacts & { retryAfter?: number } = {}) {
    super(code, message, facts);
    this.retryAfter = facts.retryAfter;
  }
}
