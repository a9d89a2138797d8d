import type { Place } from '@ingot/workspace';
import type { Catalog } from './blobs.ts';

/** A place where a rule does not hold. What it does not say, the rule says. */
export interface CatalogFault {
  readonly message: string;
  readonly place: Place | undefined;
  readonly level?: 'warning' | 'error';
  readonly remedy?: string;
}

/** One rule: what OLM's tools, or OLM v1, would say of a catalog. */
export interface CatalogRule {
  /** Stable: `catalog-head`. */
  readonly id: string;
  /** What a line says where the rule holds. */
  readonly holds: string;
  readonly level: 'warning' | 'error';
  /** What happens otherwise, and by whose hand. */
  readonly reason: string;
  readonly remedy: string;
  check(catalog: Catalog): Iterable<CatalogFault>;
}
