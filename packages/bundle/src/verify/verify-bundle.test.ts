import { expect, it } from 'vitest';
import { bundleOf } from './bundle.ts';
import type { Rule } from './rule.ts';
import { rules } from './rules/index.ts';
import { findings } from './test/verdict.ts';
import { soundPlain } from './test/sound.ts';
import { treeOf } from './test/tree-of.ts';
import { applyRules, verifyBundle } from './verify-bundle.ts';

const rule = (part: Partial<Rule>): Rule => ({
  id: 'a-rule',
  formats: ['plain'],
  holds: 'it holds',
  level: 'error',
  reason: 'why',
  remedy: 'what to do',
  check: () => [],
  ...part,
});
const bundle = bundleOf(treeOf(soundPlain), 'plain', ['rukpak']);
const apply = (part: Partial<Rule>) => [...applyRules([rule(part)], bundle)];

it('says of each rule that it holds, or where it does not', () => {
  expect(apply({})).toEqual([{ rule: 'a-rule', level: 'ok', message: 'it holds' }]);
  expect(
    apply({
      check: () => [
        { message: 'not here', path: 'a:1:1' },
        { message: 'nor there', level: 'warning', remedy: 'this' },
      ],
    }),
  ).toEqual([
    { rule: 'a-rule', level: 'error', message: 'not here', reason: 'why', remedy: 'what to do', path: 'a:1:1' },
    { rule: 'a-rule', level: 'warning', message: 'nor there', reason: 'why', remedy: 'this' },
  ]);
});

it('passes over rules of other formats and consumers, and those that have nothing to judge', () => {
  expect(apply({ formats: ['helm'] })).toEqual([]);
  expect(apply({ consumers: ['olm'] })).toEqual([]);
  expect(apply({ consumers: ['olm', 'rukpak'] })).toHaveLength(1);
  expect(apply({ check: () => undefined })).toEqual([]);
});

it('tells twenty places of a rule, and counts the rest', () => {
  const many = Array.from({ length: 23 }, (_, i) => ({
    message: `${i}`,
    level: i === 22 ? ('error' as const) : ('warning' as const),
  }));
  const found = apply({ level: 'warning', check: () => many });
  expect(found).toHaveLength(21);
  expect(found.at(-1)).toMatchObject({ level: 'error', message: 'and 3 more of this kind' });
});

it('applies the rules of the bundle, each named once', () => {
  expect([...verifyBundle(bundle)]).toEqual(findings(bundle.tree, 'plain'));
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
});
