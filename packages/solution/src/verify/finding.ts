import type { Archive } from './archive.ts';

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
