import type { Rule } from '../rule.ts';

export const olmRules: readonly Rule[] = [];
