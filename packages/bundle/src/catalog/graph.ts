import { ProjectError } from '@ingot/workspace';
import type { Catalog } from './blobs.ts';
import type { CatalogFault, CatalogRule } from './catalog-rule.ts';
import { catalogRules } from './rules/index.ts';

/** A place where a catalog breaks a rule. */
export interface CatalogProblem extends CatalogFault {
  readonly rule: CatalogRule;
  readonly level: 'warning' | 'error';
  readonly remedy: string;
}

/** What opm, OLM v0 or OLM v1 would refuse, and what is most likely a mistake, in the order of the rules. */
export function catalogProblems(catalog: Catalog, rules: readonly CatalogRule[] = catalogRules): CatalogProblem[] {
  return rules.flatMap((rule) =>
    [...rule.check(catalog)].map((fault) => ({
      ...fault,
      rule,
      level: fault.level ?? rule.level,
      remedy: fault.remedy ?? rule.remedy,
    })),
  );
}

/** Each error among the problems as INGOT_CATALOG_INVALID, at its place in catalog.yaml. */
export function catalogErrors(catalog: Catalog): ProjectError[] {
  return catalogProblems(catalog)
    .filter(({ level }) => level === 'error')
    .map(({ message, place, remedy }) => {
      const facts = place === undefined ? {} : { place };
      return new ProjectError('INGOT_CATALOG_INVALID', message, { ...facts, help: remedy });
    });
}
