export type Level = 'ok' | 'warning' | 'error';

/** One line of a verdict: a rule that holds, or one place where it does not. */
export interface Finding {
  /** Stable: what a script can look for. */
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  /** Why the rule is there: what its consumer does. Absent where the rule holds. */
  readonly reason?: string;
  /** What to do. Absent where the rule holds. */
  readonly remedy?: string;
  /** In what was judged, unless the rule is about files beside it. */
  readonly path?: string;
}
