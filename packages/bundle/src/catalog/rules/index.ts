import type { CatalogRule } from '../catalog-rule.ts';
import { bundleRules } from './bundle.ts';
import { channelRules } from './channel.ts';
import { orderRule } from './order.ts';
import { packageRules } from './package.ts';
import { upgradeRules } from './upgrades.ts';

/** In the order in which they are reported. */
export const catalogRules: readonly CatalogRule[] = [
  ...packageRules,
  ...channelRules,
  ...upgradeRules,
  orderRule,
  ...bundleRules,
];
