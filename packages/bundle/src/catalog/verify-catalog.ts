import { ProjectError, type Finding, type Place } from '@ingot/workspace';
import type { Catalog } from './blobs.ts';
import type { CatalogFault, CatalogRule } from './catalog-rule.ts';
import { catalogRules } from './rules/index.ts';

/** How many places of one rule are told one by one; the rest are counted. */
const mostFaults = 20;

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

/** For each rule one `ok`, or a finding for each place where it does not hold. */
export function verifyCatalog(catalog: Catalog, rules: readonly CatalogRule[] = catalogRules): Finding[] {
  return rules.flatMap((rule) => {
    const problems = catalogProblems(catalog, [rule]);
    if (problems.length === 0) return [{ rule: rule.id, level: 'ok', message: rule.holds }];
    const findings = problems.slice(0, mostFaults).map(findingOf);
    const more = problems.slice(mostFaults);
    if (more.length === 0) return findings;
    const worst = more.find(({ level }) => level === 'error') ?? more[0]!;
    return [...findings, findingOf({ ...worst, place: undefined, message: `and ${more.length} more of this kind` })];
  });
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

function findingOf({ rule, level, message, place, remedy }: CatalogProblem): Finding {
  const path = place && textOf(place);
  return {
    ...{ rule: rule.id, level, reason: rule.reason, remedy },
    message: path === undefined ? message : `${path}: ${message}`,
    ...(path === undefined ? {} : { path }),
  };
}

function textOf({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`;
}
