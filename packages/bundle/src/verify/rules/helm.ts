import type { Rule } from '../rule.ts';

export const helmRules: readonly Rule[] = [];
