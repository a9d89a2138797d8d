/** What a consumer's rules say of a finished file. */
export interface Finding {
  /** An error: the consumer refuses it, or it does not boot. */
  readonly level: 'error' | 'warning';
  /** Stable: `gpt-header`. */
  readonly rule: string;
  readonly message: string;
  readonly help: string;
}
