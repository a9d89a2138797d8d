import type { Rule } from '../rule.ts';

export const treeRules: readonly Rule[] = [];
