import type { Archive } from './archive.ts';

export type Level = 'ok' | 'warning' | 'error';

/** One line of a verdict: a rule that holds, or one place where it does not. */
export interface Finding {
  /** Stable: what a script can look for. */
  readonly rule: string;
  readonly level: Level;
  readonly message: string;
  /** Why the rule is there: what MetalK8s does. Absent where the rule holds. */
  readonly reason?: string;
  /** What to do. Absent where the rule holds. */
  readonly remedy?: string;
  /** In the ISO, unless the rule is about files beside it. */
  readonly path?: string;
}

/** A place where a rule does not hold. What it does not say, the rule says. */
export interface Fault {
  readonly message: string;
  readonly path?: string | undefined;
  readonly level?: 'warning' | 'error';
  readonly remedy?: string | undefined;
}

export type Faults = AsyncIterable<Fault> | Iterable<Fault>;

/** One rule of the contract between MetalK8s and a Solution's ISO. */
export interface Rule {
  readonly id: string;
  /** What a line says where the rule holds. */
  readonly holds: string;
  readonly level: 'warning' | 'error';
  readonly reason: string;
  readonly remedy: string;
  /** Undefined where there is nothing that the rule could judge (another rule says why, or nothing is asked for). */
  check(archive: Archive): Faults | undefined | Promise<Faults | undefined>;
}
