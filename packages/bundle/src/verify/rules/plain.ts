import type { Rule } from '../rule.ts';

export const plainRules: readonly Rule[] = [];
