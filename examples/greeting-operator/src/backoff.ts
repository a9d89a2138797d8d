export interface BackoffLimits {
  /** Milliseconds before the first new attempt. */
  readonly first: number;
  /** Milliseconds that no pause exceeds. */
  readonly most: number;
}

/** The pause before a new attempt after so many failures in a row (from 1): doubled each time, and up to half of it at random, so that many clients do not come back at once. */
export function pauseAfter(failures: number, { first, most }: BackoffLimits, random = Math.random): number {
  const whole = Math.min(most, first * 2 ** Math.min(failures - 1, 30));
  return Math.round(whole * (1 - random() / 2));
}
