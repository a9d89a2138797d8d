import type { Rule } from '../rule.ts';

export const objectRules: readonly Rule[] = [];
