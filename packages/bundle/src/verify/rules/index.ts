import type { Rule } from '../rule.ts';
import { helmRules } from './helm.ts';
import { imageNameRules } from './image-names.ts';
import { manifestRules } from './manifest.ts';
import { objectRules } from './object.ts';
import { olmRules } from './olm.ts';
import { plainRules } from './plain.ts';
import { registryRules } from './registry.ts';
import { treeRules } from './tree.ts';

/** Every rule, in the order in which they are reported. */
export const rules: readonly Rule[] = [
  ...treeRules,
  ...manifestRules,
  ...objectRules,
  ...imageNameRules,
  ...plainRules,
  ...registryRules,
  ...olmRules,
  ...helmRules,
];
