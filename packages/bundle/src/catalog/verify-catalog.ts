import type { Finding, Place } from '@ingot/workspace';
import type { Catalog } from './blobs.ts';
import type { CatalogRule } from './catalog-rule.ts';
import { catalogProblems, type CatalogProblem } from './graph.ts';
import { catalogRules } from './rules/index.ts';

/** How many places of one rule are told one by one; the rest are counted. */
const mostFaults = 20;

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
