import type { Finding } from '@ingot/workspace';
import type { Bundle } from './bundle.ts';
import type { Fault, Rule } from './rule.ts';
import { rules } from './rules/index.ts';

/** How many places of one rule are told one by one; the rest are counted. */
const mostFaults = 20;

/**
 * Applies every rule of the bundle's format and consumers: one `ok` for each that holds, or a finding for each place
 * where it does not. Rules that have nothing to judge are passed over. Throws nothing: what is broken is a finding.
 */
export function verifyBundle(bundle: Bundle): Generator<Finding, void, undefined> {
  return applyRules(rules, bundle);
}

/** The same with these rules alone. */
export function* applyRules(some: readonly Rule[], bundle: Bundle): Generator<Finding, void, undefined> {
  for (const rule of some) if (concerns(rule, bundle)) yield* apply(rule, bundle);
}

function concerns({ formats, consumers }: Rule, bundle: Bundle): boolean {
  return formats.includes(bundle.format) && (consumers?.some((one) => bundle.consumers.includes(one)) ?? true);
}

function* apply(rule: Rule, bundle: Bundle): Generator<Finding, void, undefined> {
  const faults = rule.check(bundle);
  if (faults === undefined) return;
  let count = 0;
  let worst: Finding['level'] = 'warning';
  for (const fault of faults) {
    const finding = findingOf(rule, fault);
    if (++count <= mostFaults) yield finding;
    else if (finding.level === 'error') worst = 'error';
  }
  if (count === 0) yield { rule: rule.id, level: 'ok', message: rule.holds };
  if (count <= mostFaults) return;
  yield { ...findingOf(rule, { message: `and ${count - mostFaults} more of this kind` }), level: worst };
}

function findingOf(rule: Rule, fault: Fault): Finding {
  return {
    rule: rule.id,
    level: fault.level ?? rule.level,
    message: fault.message,
    reason: rule.reason,
    remedy: fault.remedy ?? rule.remedy,
    ...(fault.path === undefined ? {} : { path: fault.path }),
  };
}
