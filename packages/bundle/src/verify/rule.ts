import type { BundleFormat, Consumer } from '../formats.ts';
import type { Bundle } from './bundle.ts';

/** A place where a rule does not hold. What it does not say, the rule says. */
export interface Fault {
  readonly message: string;
  /** `manifests/a.yaml:3:5` (what `place` of a ManifestObject gives), or a path alone. */
  readonly path?: string | undefined;
  readonly level?: 'warning' | 'error';
  readonly remedy?: string | undefined;
}

/** One rule: what a consumer's unpacker, the API server or people who run it would say. */
export interface Rule {
  /** Stable: `plain-objects`. */
  readonly id: string;
  /** The formats that it judges. */
  readonly formats: readonly BundleFormat[];
  /** Only where one of these unpacks it; absent: for everybody. */
  readonly consumers?: readonly Consumer[];
  /** What a line says where the rule holds. */
  readonly holds: string;
  readonly level: 'warning' | 'error';
  /** What happens otherwise, and by whose hand: with the consumer's file and function. */
  readonly reason: string;
  readonly remedy: string;
  /** Undefined where there is nothing that the rule could judge (another rule says why, or nothing is asked for). */
  check(bundle: Bundle): Iterable<Fault> | undefined;
}
