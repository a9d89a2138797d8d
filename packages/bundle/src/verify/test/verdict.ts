import type { Finding } from '@ingot/workspace';
import { consumersOf, type BundleFormat, type Consumer } from '../../formats.ts';
import type { BundleTree } from '../../tree/tree.ts';
import { bundleOf } from '../bundle.ts';
import { rules } from '../rules/index.ts';
import type { Rule } from '../rule.ts';
import { applyRules } from '../verify-bundle.ts';

/** What to judge by: all rules and the format's own consumers, where nothing else is said. */
export interface VerdictOptions {
  readonly consumers?: readonly Consumer[];
  readonly rules?: readonly Rule[];
}

export function findings(tree: BundleTree, format: BundleFormat, options: VerdictOptions = {}): Finding[] {
  const bundle = bundleOf(tree, format, options.consumers ?? consumersOf(format));
  return [...applyRules(options.rules ?? rules, bundle)];
}

/** What does not hold, as `level rule path`; the path where there is one. */
export function faults(tree: BundleTree, format: BundleFormat, options: VerdictOptions = {}): string[] {
  return findings(tree, format, options)
    .filter(({ level }) => level !== 'ok')
    .map(({ level, rule, path }) => [level, rule, ...(path === undefined ? [] : [path])].join(' '));
}

/** The rules that hold. */
export function holding(tree: BundleTree, format: BundleFormat, options: VerdictOptions = {}): string[] {
  return findings(tree, format, options).flatMap(({ level, rule }) => (level === 'ok' ? [rule] : []));
}
